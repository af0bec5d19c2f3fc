import type { ReplaySubject } from 'rxjs';
import type { Answer } from '../../caption.ts';
import { recentMap } from '../../../stage/recentMap.ts';
import { shortKey } from '../../../stage/shortKey.ts';
import type { CaptionRequest } from '../../captionRequest.ts';
import { type ImageSignature, distance } from './imageSignature.ts';

/** A frame that was asked about, with its answer when it comes. */
export interface ReferenceFrame {
  readonly id: string;
  readonly sensor: string;
  /** Start of its window in µs of the sensor's clock. */
  readonly start: number;
  /** What kind of pictures were asked about; what is asked of one frame may differ. */
  readonly system: string;
  readonly signature: ImageSignature;
  /** Completes without an answer where none came. */
  readonly answer: ReplaySubject<Answer>;
}

export interface Match {
  readonly reference: ReferenceFrame;
  /** 0..1 */
  readonly distance: number;
}

export interface ReferenceRules {
  readonly threshold: number;
  readonly maxAgeMs: number;
  /** Of each sensor. */
  readonly remember: number;
}

/** Sensors whose last frames are remembered. */
const MOST_SENSORS = 1000;

/** The last frames of each sensor that were asked about. */
export class ReferenceFrames {
  readonly #rules: ReferenceRules;
  readonly #bySensor = recentMap<string, readonly ReferenceFrame[]>(MOST_SENSORS);

  constructor(rules: ReferenceRules) {
    this.#rules = rules;
  }

  /** The frame most like this one, of those that are like enough and recent enough. */
  nearest({ id, sensor, window, prompt }: CaptionRequest, signature: ImageSignature): Match | undefined {
    let best: Match | undefined;
    for (const reference of this.#of(sensor)) {
      const ageMs = Math.abs(window.start - reference.start) / 1000;
      if (ageMs > this.#rules.maxAgeMs || reference.system !== prompt.system || reference.id === id) continue;
      const away = distance(signature, reference.signature);
      if (away <= this.#rules.threshold && (!best || away < best.distance)) best = { reference, distance: away };
    }
    return best;
  }

  add(reference: ReferenceFrame): void {
    this.#bySensor.set(shortKey(reference.sensor), [...this.#of(reference.sensor), reference].slice(-this.#rules.remember));
  }

  delete(reference: ReferenceFrame): void {
    this.#bySensor.set(
      shortKey(reference.sensor),
      this.#of(reference.sensor).filter((one) => one !== reference),
    );
  }

  #of(sensor: string): readonly ReferenceFrame[] {
    return this.#bySensor.get(shortKey(sensor)) ?? [];
  }
}
