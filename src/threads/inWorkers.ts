import { identity } from 'rxjs';
import { PipelineError } from '../errors.ts';
import type { Pipeline } from '../definePipeline.ts';
import type { EventWindow } from '../frame/eventWindow.ts';
import type { Frame } from '../frame/frame.ts';
import { renderBy } from '../frame/rendering/render.ts';
import { perSession } from '../frame/windowing/perSession.ts';
import type { Packet } from '../stage/packet.ts';
import { type RemoteWindow, type RestingChannel, cutInWorker } from './cutInWorker.ts';
import type { EventStages, StageContext } from './eventStages.ts';
import { packetsInTransit } from './packetsInTransit.ts';
import { type WorkerThread, startWorker } from './workerThread.ts';

/** Packets on their way to each worker: enough that it need not wait for the next one. */
const AHEAD = 4;

/**
 * The stages in up to `pipeline.workers` threads, which import the pipeline's module for its parts. Each session of a
 * sensor goes to the worker that has the fewest; it is decoded where it is cut, so `decode` passes packets on as they
 * are, and only `windows` of the same stages takes them. Order, acks, dead letters and reports are those of `onThisThread`.
 *
 * Throws CONFIG_INVALID for a pipeline without a module.
 */
export function inWorkers(pipeline: Pipeline, { gate, reject }: StageContext): EventStages<Packet> {
  const { module, workers, encoders, configHash, state } = pipeline;
  if (module === undefined) throw new PipelineError('CONFIG_INVALID', 'workers import the pipeline from its module (found none)');
  const all: WorkerThread[] = [];
  const transit = packetsInTransit(() => AHEAD * Math.max(1, all.length));

  const leastBusy = (): WorkerThread => {
    const found = all.toSorted((a, b) => a.channels - b.channels)[0];
    if (found && (found.channels === 0 || all.length >= workers)) return found;
    const started = startWorker({ module, shut: gate.flag }, configHash);
    all.push(started);
    return started;
  };
  return {
    decode: identity,
    windows: perSession<Packet, RestingChannel>({
      begin: (session, output, resume) =>
        cutInWorker(session, { worker: resume?.worker ?? leastBusy(), reject, transit }, output, resume?.channel),
      forget: ({ worker, channel }) => worker.say({ kind: 'drop', channel }),
      state: { ...state, bytes: Infinity },
    }),
    render: renderBy(drawInWorker, { concurrency: encoders, reject }, (cause) => all.some(({ broken }) => broken === cause)),
    async ready() {
      do {
        await gate.opened();
        await transit.hasRoom();
      } while (gate.shut);
    },
    close: async () => void (await Promise.all(all.map((worker) => worker.close()))),
  };
}

const drawInWorker = async (window: EventWindow): Promise<Frame> => {
  const { worker, number } = (window as RemoteWindow).remote;
  return { ...(await worker.draw(number)), ack: window.ack };
};
