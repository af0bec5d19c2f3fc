/**
 * What the sensors of a pipeline may hold together. Names and windows come from whoever sends the packets, so both are bounded: above it
 * the sensor that was silent for the most packets is forgotten, as at an idle timeout. With workers each of them has an equal part.
 */
export interface StateOptions {
  /** Sensors whose decoders, filters and windows are kept. @default 5,000 */
  sensors?: number;
  /** Bytes of the events in open windows, of what renderers look back to, and of filters. @default 256 MiB */
  bytes?: number;
  /**
   * Events of one window, which is cut there and flagged `window_cut`. Further events of the same microsecond are in it as well, as many
   * again at most. @default 20,000,000
   */
  windowEvents?: number;
}

export const stateDefaults: Required<StateOptions> = { sensors: 5000, bytes: 256 * 2 ** 20, windowEvents: 20_000_000 };

/** Sensors of which it is known where they go on, after they were forgotten. */
export const MOST_RESUME_POINTS = 100_000;
