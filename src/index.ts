// The pipeline.
export { definePipeline, type Pipeline, type PipelineOptions } from './definePipeline.ts';
export { observePipeline, runPipeline, type RunOptions } from './runPipeline.ts';
export { outputsInto } from './outputsInto.ts';
export { PipelineError, type ErrorCode, type PipelineErrorOptions, errorCodes } from './errors.ts';
export { allFormats } from './decode/allFormats.ts';
export { envs, files, known, type Secret } from './secret.ts';

// The stages of the flow as operators, for pipes of your own.
export { consume, type ConsumeOptions } from './consume/consume.ts';
export { decode, type DecodeOptions } from './decode/decode.ts';
export { windows } from './frame/windowing/windows.ts';
export type { CutOptions } from './frame/windowing/cut.ts';
export { skipPublished } from './frame/windowing/skipPublished.ts';
export type { FormerId } from './frame/windowing/placeId.ts';
export { render, type RenderOptions, type FrameOptions } from './frame/rendering/render.ts';
export { captionWith, type CaptionWithOptions } from './captionWith.ts';
export { normalise, type NormaliseOptions, type NormalisedCaption, type Rewrite } from './normalise/normalise.ts';
// RxJS has a (deprecated) publish of its own.
export { publish as publishTo, type PublishOptions } from './publish/publish.ts';
export { captions } from './captions.ts';
export { onThisThread } from './threads/onThisThread.ts';
export { inWorkers } from './threads/inWorkers.ts';
export type { EventStages, StageContext } from './threads/eventStages.ts';

// What the stages are made of.
export { attempt, type AttemptOptions, type Work } from './stage/attempt.ts';
export { fallbackTo, type Fallback, type FallbackOptions } from './stage/fallbackTo.ts';
export { makeGate } from './stage/makeGate.ts';
export type { Gate, GateOptions } from './stage/gate.ts';
export { perSensor, type PerSensorOptions } from './stage/perSensor.ts';
export type { StateOptions } from './stage/stateOptions.ts';
export { pullMap, type PullMap, type PullMapOptions, type Pullable } from './stage/pullMap.ts';
export { rejectTo } from './stage/rejectTo.ts';
export type { Reject, DeadLetters, Evidence, Stage } from './stage/reject.ts';

// What a plug-in of your own is made of.
// Its released name: pipelines of others call it so.
export { makeCaptioner as captioner } from './interpret/makeCaptioner.ts';
export { wrapCaptioner } from './interpret/combinators/support/wrapCaptioner.ts';
export type { Availability } from './interpret/availability.ts';
export type { Captioner } from './interpret/captioner.ts';
export type { Budget, CaptionRequest, SettleCost } from './interpret/captionRequest.ts';
export type { Plan, TargetPlan, WindowNeeds } from './interpret/plan.ts';
export { readOptions } from './readOptions.ts';
export type { Normaliser } from './normalise/normaliser.ts';
export type { Draft, Rule } from './normalise/rule.ts';
export { textRule } from './normalise/textRule.ts';
export type { Packet } from './stage/packet.ts';
export type { Source, PastSource } from './consume/source.ts';
export { noCounts, type Decoder, type Format, type DecodeCounters, type Detected, type StreamInfo } from './decode/decoder.ts';
export type { EventBatch, Events } from './decode/events.ts';
export type { EventWindow, CloseReason, EventSlice } from './frame/eventWindow.ts';
export type { Filter, FilterRun } from './frame/filter.ts';
export type { AnyRenderer, Renderer, Pixels } from './frame/renderer.ts';
export type { Windowing } from './frame/windowing/windowing.ts';
export type { Answer, Attempt, Caption } from './interpret/caption.ts';
export type { Ledger, Claim, PaidAnswer } from './interpret/ledger.ts';
export type { Prompt } from './interpret/prompt.ts';
export { promptRequest, type PromptRequest } from './interpret/promptRequest.ts';
export type { CaptionRecord, FrameRecord, RunFacts, StructuredRecord } from './publish/captionRecord.ts';
export type { FrameStore } from './publish/frameStore.ts';
export type { Sink } from './publish/sink.ts';
export type { Configuration } from './publish/configuration.ts';
export type { DeadLetter } from './stage/reject.ts';
export type { EncodeOptions } from './decode/encodeOptions.ts';
export type { Frame, Image, WindowFacts } from './frame/frame.ts';
export type { CanvasOptions } from './frame/rendering/canvas.ts';
export type { AssignerOptions, WindowAssigner } from './frame/windowing/windowAssigner.ts';
export type { ErrorClass } from './interpret/errors/errorClasses.ts';
export { ProviderError, type CallFailure } from './interpret/errors/providerError.ts';
export type { ApiCodec } from './interpret/upstream/apiCodec.ts';
export { IMAGE } from './interpret/upstream/requestBody.ts';
export { httpTarget, type Target } from './interpret/upstream/target/target.ts';
export type { Reading } from './interpret/upstream/transport.ts';
export { upstreamFields, type UpstreamOptions } from './interpret/upstream/upstreamOptions.ts';
export type { KafkaConnection, Sasl } from './kafka/client/kafkaConnection.ts';
export type { RegistryOptions } from './kafka/client/schemaRegistry.ts';
export type { Delivery, Assignment, Completion, DeliveryReader, TopicNow, DonePlace } from './kafka/delivery/delivery.ts';
export type { Item, Part, Position, Ack, HashedPart } from './stage/item.ts';
export type { Reach } from './stage/reach.ts';
export type { Session, ResumePoint, SessionWindow } from './stage/session.ts';
export type { PacketEncoding } from './consume/kafka/packetEncoding.ts';
export type { TopicPoint } from './kafka/consumer/topicPoint.ts';
export type { Mover, Pose, View } from './consume/syntheticCamera/mover.ts';
export type { SceneName } from './consume/syntheticCamera/scenes.ts';
export type { MotionFacts, BlobMotion } from './frame/motionFacts.ts';
export type { PaletteName } from './frame/rendering/palettes.ts';
export type { StructuredCaption } from './interpret/structured/structuredCaption.ts';
export type { ImageDetail } from './interpret/upstream/imageDetail.ts';
export type { Thinking } from './interpret/upstream/thinking.ts';
export type { TlsFiles } from './kafka/client/tlsFiles.ts';
export type { DeliveryOptions } from './kafka/delivery/deliveryOptions.ts';
export type { OutMessage } from './kafka/producer/sendMessages.ts';
export type { CircuitBreakerOptions } from './interpret/limits/health/circuitBreaker.ts';
export type { Concurrency } from './interpret/limits/health/concurrencyLimit.ts';
export type { Headers } from './interpret/limits/quota/headers.ts';
export type { RateLimits } from './interpret/limits/quota/rateLimits.ts';
export type { Usage } from './interpret/pricing/costUsd.ts';
export type { PriceOverride } from './interpret/pricing/price.ts';
export type { CallDeadlines } from './interpret/upstream/callDeadlines.ts';
export type { DoneWindow, CommittedProgress, LowWatermark, CommittedSensor } from './kafka/delivery/committedProgress.ts';
export type { PartitionProgress } from './kafka/delivery/partitionProgress.ts';
export type { SimulatorOptions, VendorOptions } from './sim/options/simulatorOptions.ts';
export type { Journal, JournalEntry, Totals } from './sim/vendor/journal.ts';
export type { Container, ContainedPacket, RandomAccess } from './consume/recordings/container.ts';
export type { CheckedFileLimits, FileLimits } from './consume/recordings/fileLimits.ts';
export type { Lifetime } from './stage/lifetime.ts';
export type { ModelFacts, ImageRule } from './interpret/pricing/modelFacts.ts';

// Sources.
export { kafkaSource, type KafkaSourceOptions } from './consume/sources/kafkaSource.ts';
export { recording, type RecordingOptions } from './consume/sources/recording.ts';
export { topicArchive, type TopicArchiveOptions } from './consume/sources/topicArchive.ts';
export { topicRange, type TopicRangeOptions } from './consume/sources/topicRange.ts';
export { synthetic, type SyntheticOptions, type SyntheticSource, type TrueMover } from './consume/sources/synthetic.ts';

// Formats.
export { aedat2 } from './decode/formats/aedat2.ts';
export { aedat3 } from './decode/formats/aedat3.ts';
export { aedat4 } from './decode/formats/aedat4.ts';
export { dat, dat1 } from './decode/formats/dat.ts';
export { dvsMsgs } from './decode/formats/dvsMsgs.ts';
export { esAtis } from './decode/formats/esAtis.ts';
export { esColor } from './decode/formats/esColor.ts';
export { esDvs } from './decode/formats/esDvs.ts';
export { esGeneric } from './decode/formats/esGeneric.ts';
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
export { adaptive, type AdaptiveOptions } from './frame/windows/adaptive.ts';
export { fixedCount, type FixedCountOptions } from './frame/windows/fixedCount.ts';
export { mixed, type MixedOptions } from './frame/windows/mixed.ts';
export { sliding, type SlidingOptions } from './frame/windows/sliding.ts';
export { tumbling, type TumblingOptions } from './frame/windows/tumbling.ts';

// Filters.
export { backgroundActivity, type BackgroundActivityOptions } from './frame/filters/backgroundActivity.ts';
export { eventRateControl, type EventRateControlOptions } from './frame/filters/eventRateControl.ts';
export { flip, type FlipOptions } from './frame/filters/flip.ts';
export { hotPixel, type HotPixelOptions } from './frame/filters/hotPixel.ts';
export { refractory, type RefractoryOptions } from './frame/filters/refractory.ts';
export { regionOfInterest, type RegionOfInterestOptions } from './frame/filters/regionOfInterest.ts';
export { spatioTemporalContrast, type SpatioTemporalContrastOptions } from './frame/filters/spatioTemporalContrast.ts';

// Renderers.
export { dvAccumulator, type DvAccumulatorOptions } from './frame/renderers/dvAccumulator.ts';
export { dvEdgeMap, type DvEdgeMapOptions } from './frame/renderers/dvEdgeMap.ts';
export { eventClip, type EventClipOptions } from './frame/renderers/eventClip.ts';
export { eventCount, type EventCountOptions } from './frame/renderers/eventCount.ts';
export { eventGpt } from './frame/renderers/eventGpt.ts';
export { greyReconstruction, type GreyReconstructionOptions } from './frame/renderers/greyReconstruction.ts';
export {
  learnedReconstruction,
  type OnnxRuntime,
  type LearnedReconstructionOptions,
  type OnnxSession,
  type OnnxTensor,
} from './frame/renderers/learnedReconstruction.ts';
export { polarity, type PolarityOptions } from './frame/renderers/polarity.ts';
export { signedCount, type SignedCountOptions } from './frame/renderers/signedCount.ts';
export { sideBySide } from './frame/renderers/sideBySide.ts';
export { timeSurface, type TimeSurfaceOptions } from './frame/renderers/timeSurface.ts';
export { withPrevious, type WithPreviousOptions } from './frame/renderers/withPrevious.ts';
export { voxelGrid, type VoxelGrid, type VoxelGridOptions } from './frame/rendering/voxelGrid.ts';

// Providers.
export { aiSdk, type AiSdkModel, type AiSdkOptions, type AiSdkResult } from './interpret/providers/aiSdk.ts';
export { anthropic, type AnthropicOptions } from './interpret/providers/anthropic.ts';
export { azureOpenai, type AzureOpenaiOptions } from './interpret/providers/azureOpenai.ts';
export { gemini, type GeminiOptions } from './interpret/providers/gemini.ts';
export { motion } from './interpret/providers/motion.ts';
export { openai, type OpenaiOptions } from './interpret/providers/openai.ts';
export { openaiCompatible, type OpenaiCompatibleOptions } from './interpret/providers/openaiCompatible.ts';
export { vertex, type VertexOptions } from './interpret/providers/vertex.ts';

// Combinators.
export { budget, type BudgetOptions } from './interpret/combinators/budget.ts';
export { ensemble, type EnsembleOptions } from './interpret/combinators/ensemble.ts';
export { fallback } from './interpret/combinators/fallback.ts';
export { repair } from './interpret/combinators/repair.ts';
export { hedge, type HedgeOptions } from './interpret/combinators/hedge.ts';
export { nearDuplicate, type NearDuplicateOptions } from './interpret/combinators/nearDuplicate.ts';
export { route, type RouteOptions } from './interpret/combinators/route.ts';
export { withRetries, type WithRetriesOptions } from './interpret/combinators/withRetries.ts';
export { withTimeout, type WithTimeoutOptions } from './interpret/combinators/withTimeout.ts';

// Ledgers.
export { lmdbLedger, type LmdbLedgerOptions } from './interpret/ledgers/lmdbLedger.ts';
export { memoryLedger, type MemoryLedgerOptions } from './interpret/ledgers/memoryLedger.ts';
export { kafkaLedger, type KafkaLedgerOptions } from './interpret/ledgers/kafkaLedger.ts';

// Prompts and house style.
export { describeEvents, type DescribeEventsOptions } from './interpret/prompts/describeEvents.ts';
export { template, type TemplateOptions } from './interpret/prompts/template.ts';
export { houseStyle, type HouseStyleOptions, type Form } from './normalise/normalisers/houseStyle.ts';

// Sinks and frame stores.
export { avroFile, type AvroFileOptions } from './publish/sinks/avroFile.ts';
export { jsonl, type JsonlOptions } from './publish/sinks/jsonl.ts';
export { kafkaSink, type KafkaSinkOptions } from './publish/sinks/kafkaSink.ts';
export { memory } from './publish/sinks/memory.ts';
export { frameFolder, type FrameFolderOptions } from './publish/frameStores/frameFolder.ts';

// What ties a Kafka source to its sinks.
export { atLeastOnce, type AtLeastOnceOptions } from './kafka/delivery/atLeastOnce.ts';
export { exactlyOnce, type ExactlyOnceOptions } from './kafka/delivery/exactlyOnce.ts';
export { kafkaFromEnv, registryFromEnv } from './kafka/client/kafkaFromEnv.ts';

// The simulator of the vendors.
export { simulatorOnDemand, type SimulatorOnDemand } from './sim/simulatorOnDemand.ts';
export { startSimulator, type Simulator } from './sim/simulator.ts';
