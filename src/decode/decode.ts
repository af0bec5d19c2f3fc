import { Observable, type OperatorFunction, filter } from 'rxjs';
import { attempt } from '../stage/attempt.ts';
import { errorInto } from '../stage/errorInto.ts';
import type { Packet } from '../stage/packet.ts';
import type { Reject } from '../stage/reject.ts';
import type { StateOptions } from '../stage/stateOptions.ts';
import { subscribeWithin } from '../stage/subscribeWithin.ts';
import { allFormats } from './allFormats.ts';
import type { Format } from './decoder.ts';
import type { EventBatch } from './events.ts';
import { sensorDecoders } from './sensorDecoders.ts';

export interface DecodeOptions {
  /** The event formats that packets may have. @default allFormats */
  formats?: readonly Format[];
  /** Pixels of the largest sensor there may be: a packet that claims more is rejected. @default 8388608, such as 3840 x 2160 */
  largestSensorPixels?: number | undefined;
  /** Takes packets that cannot be decoded. @default the Observable errors */
  reject?: Reject | undefined;
  /** What the decoders may hold together. @default 5,000 sensors */
  state?: StateOptions;
}

/**
 * Decodes packets into batches of events, one batch a packet. Each session of a sensor has a decoder of its own.
 *
 * The decoder keeps its state across packets; a jump in `seq` makes it forget what the lost packets may have
 * changed. Damage inside a packet is counted. A packet that its source could not make out, that is mostly damage, whose
 * encoding no format has, or whose sensor cannot be so large, or has no size, is rejected as a whole (DECODE_MALFORMED), and the
 * packets after it are decoded as after a gap. So are those of a sensor that was forgotten because there were too many.
 */
export const decode =
  ({ formats = allFormats, largestSensorPixels, reject, state = {} }: DecodeOptions = {}): OperatorFunction<Packet, EventBatch> =>
  (packets) =>
    new Observable((subscriber) => {
      const decoders = sensorDecoders({ formats, largestSensorPixels, state }, (batch) => subscriber.next(batch));
      subscriber.add(decoders.stop);
      const batches = packets.pipe(
        filter((packet) => packet.session?.lifetime.isOver !== true),
        attempt('decode', decoders.decode, {
          reject,
          // Decoding is synchronous, so the order stays; what waits for a dead letter must not hold up the packets behind it.
          concurrency: Infinity,
          evidence: ({ bytes, encoding }) => ({ payload: bytes, payloadType: encoding }),
        }),
      );
      subscribeWithin(subscriber, batches, {
        next: (batch) => subscriber.next(batch),
        complete: errorInto(subscriber, () => {
          for (const last of decoders.end()) subscriber.next(last);
          subscriber.complete();
        }),
      });
    });
