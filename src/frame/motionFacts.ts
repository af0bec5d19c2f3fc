/** A blob of activity with the motion measured for it. Pixels of the sensor, x to the right, y down. */
export interface BlobMotion {
  /** Centre of its events. */
  readonly x: number;
  readonly y: number;
  /** Extent of its events. */
  readonly width: number;
  readonly height: number;
  readonly events: number;
  /** Share of ON events, 0..1. */
  readonly on: number;
  /** Pixels per second, good to about a fifth; 0, 0 unless `moving`. */
  readonly vx: number;
  readonly vy: number;
  /** Radians per second, clockwise; 0 unless `rotating`. */
  readonly turn: number;
  /**
   * `moving`: it has a direction. `rotating`: about its own centre. `growing`, `shrinking`: as if towards or away
   * from the camera. `flickering`: changes without moving. `unclear`: too slow or too tangled to tell.
   */
  readonly kind: 'moving' | 'rotating' | 'growing' | 'shrinking' | 'flickering' | 'unclear';
}

/** What can be measured from the events of one window, without any model. */
export interface MotionFacts {
  /** The one with most events first. */
  readonly blobs: readonly BlobMotion[];
  /** `camera`: activity all over the picture. `things`: blobs before a still background. `still`: nothing but noise. */
  readonly what: 'camera' | 'things' | 'still';
  /** Events per pixel of the sensor. */
  readonly density: number;
  /** Share of ON events, 0..1. */
  readonly on: number;
  /** Share of events without other events near them, 0..1. */
  readonly noise: number;
}
