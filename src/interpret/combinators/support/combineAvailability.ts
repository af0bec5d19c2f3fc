import type { Availability } from '../../availability.ts';
import type { Captioner } from '../../captioner.ts';
import type { CaptionRequest } from '../../captionRequest.ts';

const ALWAYS: Availability = {
  readyAt: () => -Infinity,
  backAt: () => -Infinity,
  isDown: () => false,
  isCapped: () => false,
  onChange: () => () => {},
};

/** A captioner that does not say when it may be asked may be asked always. */
export const availabilityOf = ({ availability }: Captioner): Availability => availability ?? ALWAYS;

export interface Combination {
  /** How many of the parts must be available. */
  readonly needed: number;
  /** The parts that would be asked now. */
  readonly asked: (request: CaptionRequest, nowMs: number) => readonly Availability[];
}

/** The availability of a captioner that is made of several. */
export function combineAvailability(parts: readonly Availability[], { needed, asked }: Combination): Availability {
  return {
    readyAt: (request, nowMs) =>
      earliest(
        asked(request, nowMs).map((part) => part.readyAt(request, nowMs)),
        needed,
      ),
    backAt: (nowMs) =>
      earliest(
        parts.map((part) => part.backAt(nowMs)),
        needed,
      ),
    isDown: (nowMs) => parts.filter((part) => !part.isDown(nowMs)).length < needed,
    isCapped: (request, nowMs) => asked(request, nowMs).filter((part) => !part.isCapped(request, nowMs)).length < needed,
    onChange(listener) {
      const ends = parts.map((part) => part.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/** When so many of them have come. */
const earliest = (times: readonly number[], needed: number): number => times.toSorted((a, b) => a - b)[needed - 1] ?? Infinity;
