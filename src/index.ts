// The pipeline.
export { definePipeline, type Pipeline, type PipelineOptions } from './definePipeline.ts';
export { observePipeline, runPipeline } from './runPipeline.ts';
export { PipelineError, type ErrorCode } from './errors.ts';
export { allFormats } from './decode/allFormats.ts';
export { envs, files, known, type Secret } from './secret.ts';

// The stages of the flow as operators, for pipes of your own.
export { consume, type ConsumeOptions } from './consume/consume.ts';
export { decode, type DecodeOptions } from './decode/decode.ts';
export { windows } from './frame/windowing/windows.ts';
export type { CutOptions } from './frame/windowing/cut.ts';
export { skipPublished } from './frame/windowing/skipPublished.ts';
export { render, type RenderOptions } from './frame/rendering/render.ts';
export { captionWith, type CaptionWithOptions } from './captionWith.ts';
export { normalise, type NormaliseOptions, type NormalisedCaption } from './normalise/normalise.ts';
export { publish, type PublishOptions } from './publish/publish.ts';
export { captions } from './captions.ts';
export { onThisThread } from './threads/onThisThread.ts';
export { inWorkers } from './threads/inWorkers.ts';
export type { EventStages, StageContext } from './threads/eventStages.ts';

// What the stages are made of.
export { attempt, type AttemptOptions, type Work } from './stage/attempt.ts';
export { fallbackTo, type Fallback, type FallbackOptions } from './stage/fallbackTo.ts';
export { makeGate, type Gate, type GateOptions } from './stage/gate.ts';
export { perSensor } from './stage/perSensor.ts';
export { pullMap, type PullMap, type PullMapOptions, type Pullable } from './stage/pullMap.ts';
export { rejectTo, type Reject } from './stage/reject.ts';

// What a plug-in of your own is made of.
export { captioner, type Captioner, type CaptionRequest } from './interpret/captioner.ts';
export { readOptions } from './readOptions.ts';
export { textRule, type Draft, type Normaliser, type Rule } from './normalise/rule.ts';
export type { Packet } from './stage/packet.ts';
export type { Source } from './consume/source.ts';
export type { Decoder, Format } from './decode/decoder.ts';
export type { EventBatch, Events } from './decode/events.ts';
export type { EventWindow } from './frame/eventWindow.ts';
export type { Filter } from './frame/filter.ts';
export type { AnyRenderer, Renderer } from './frame/renderer.ts';
export type { Windowing } from './frame/windowing/windowing.ts';
export type { Answer, Attempt } from './interpret/caption.ts';
export type { Ledger } from './interpret/ledger.ts';
export type { Prompt } from './interpret/prompt.ts';
export type { CaptionRecord } from './publish/captionRecord.ts';
export type { FrameStore } from './publish/frameStore.ts';
export type { Sink } from './publish/sink.ts';
export type { DeadLetter } from './stage/reject.ts';

// Sources.
export { kafkaSource } from './consume/sources/kafkaSource.ts';
export { recording } from './consume/sources/recording.ts';
export { topicArchive } from './consume/sources/topicArchive.ts';
export { topicRange } from './consume/sources/topicRange.ts';
export { synthetic } from './consume/sources/synthetic.ts';

// Formats.
export { aedat2 } from './decode/formats/aedat2.ts';
export { aedat3 } from './decode/formats/aedat3.ts';
export { aedat4 } from './decode/formats/aedat4.ts';
export { dat, dat1 } from './decode/formats/dat.ts';
export { dvsMsgs } from './decode/formats/dvsMsgs.ts';
export { esAtis, esColor, esDvs, esGeneric } from './decode/formats/es.ts';
export { eventCd } from './decode/formats/eventCd.ts';
export { evt2 } from './decode/formats/evt2.ts';
export { evt21, evt21Legacy } from './decode/formats/evt21.ts';
export { evt3 } from './decode/formats/evt3.ts';
export { libcaer } from './decode/formats/libcaer.ts';
export { libcaerCmp } from './decode/formats/libcaerCmp.ts';
export { mono } from './decode/formats/mono.ts';
export { nmnist } from './decode/formats/nmnist.ts';
export { text } from './decode/formats/text.ts';
export { encodeEvt2 } from './decode/encoders/encodeEvt2.ts';
export { encodeEvt21 } from './decode/encoders/encodeEvt21.ts';
export { encodeEvt3 } from './decode/encoders/encodeEvt3.ts';

// Windows.
export { adaptive } from './frame/windows/adaptive.ts';
export { fixedCount } from './frame/windows/fixedCount.ts';
export { mixed } from './frame/windows/mixed.ts';
export { sliding } from './frame/windows/sliding.ts';
export { tumbling } from './frame/windows/tumbling.ts';

// Filters.
export { backgroundActivity } from './frame/filters/backgroundActivity.ts';
export { eventRateControl } from './frame/filters/eventRateControl.ts';
export { flip } from './frame/filters/flip.ts';
export { hotPixel } from './frame/filters/hotPixel.ts';
export { refractory } from './frame/filters/refractory.ts';
export { regionOfInterest } from './frame/filters/regionOfInterest.ts';
export { spatioTemporalContrast } from './frame/filters/spatioTemporalContrast.ts';

// Renderers.
export { dvAccumulator } from './frame/renderers/dvAccumulator.ts';
export { dvEdgeMap } from './frame/renderers/dvEdgeMap.ts';
export { eventClip } from './frame/renderers/eventClip.ts';
export { eventCount } from './frame/renderers/eventCount.ts';
export { eventGpt } from './frame/renderers/eventGpt.ts';
export { greyReconstruction } from './frame/renderers/greyReconstruction.ts';
export { learnedReconstruction, type OnnxRuntime } from './frame/renderers/learnedReconstruction.ts';
export { polarity } from './frame/renderers/polarity.ts';
export { signedCount } from './frame/renderers/signedCount.ts';
export { sideBySide } from './frame/renderers/sideBySide.ts';
export { timeSurface } from './frame/renderers/timeSurface.ts';
export { withPrevious } from './frame/renderers/withPrevious.ts';
export { voxelGrid, type VoxelGrid } from './frame/rendering/voxelGrid.ts';

// Providers.
export { aiSdk } from './interpret/providers/aiSdk.ts';
export { anthropic } from './interpret/providers/anthropic.ts';
export { azureOpenai } from './interpret/providers/azureOpenai.ts';
export { gemini } from './interpret/providers/gemini.ts';
export { motion } from './interpret/providers/motion.ts';
export { openai } from './interpret/providers/openai.ts';
export { openaiCompatible } from './interpret/providers/openaiCompatible.ts';
export { vertex } from './interpret/providers/vertex.ts';

// Combinators.
export { budget } from './interpret/combinators/budget.ts';
export { ensemble } from './interpret/combinators/ensemble.ts';
export { fallback } from './interpret/combinators/fallback.ts';
export { repair } from './interpret/combinators/repair.ts';
export { hedge } from './interpret/combinators/hedge.ts';
export { nearDuplicate } from './interpret/combinators/nearDuplicate.ts';
export { retry } from './interpret/combinators/retry.ts';
export { route } from './interpret/combinators/route.ts';
export { timeout } from './interpret/combinators/timeout.ts';

// Ledgers.
export { lmdbLedger } from './interpret/ledgers/lmdbLedger.ts';
export { memoryLedger } from './interpret/ledgers/memoryLedger.ts';
export { kafkaLedger } from './interpret/ledgers/kafkaLedger.ts';

// Prompts and house style.
export { describeEvents } from './interpret/prompts/describeEvents.ts';
export { template } from './interpret/prompts/template.ts';
export { houseStyle } from './normalise/houseStyle.ts';

// Sinks and frame stores.
export { avroFile } from './publish/sinks/avroFile.ts';
export { jsonl } from './publish/sinks/jsonl.ts';
export { kafkaSink } from './publish/sinks/kafkaSink.ts';
export { memory } from './publish/sinks/memory.ts';
export { frameFolder } from './publish/frameStores/frameFolder.ts';

// What ties a Kafka source to its sinks.
export { atLeastOnce } from './kafka/delivery/atLeastOnce.ts';
export { exactlyOnce } from './kafka/delivery/exactlyOnce.ts';
export { kafkaFromEnv, registryFromEnv } from './kafka/client/kafkaFromEnv.ts';

// The simulator of the vendors.
export { simulatorOnDemand } from './sim/simulatorOnDemand.ts';
export { startSimulator } from './sim/simulator.ts';
