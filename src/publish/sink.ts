import type { FormerId } from '../frame/windowing/placeId.ts';
import type { Part, Position } from '../stage/item.ts';
import type { Configuration } from './configuration.ts';

/** Where finished values go. To add one, write a file in `sinks/` with a function that returns this. */
export interface Sink<Value> extends Part {
  /**
   * Called once before the first write. Throws SINK_FAILED or CONFIG_INVALID.
   *
   * @param configuration what makes the records of this run, to be kept for `configurations`
   */
  open?(configuration?: Configuration): Promise<void>;
  /**
   * The configurations that made the records that are there, the last one last; none where no record is. Called before `open`; reads only.
   * Absent: nobody can tell, and a run goes on in whatever is there.
   *
   * @param own that of the run that asks
   */
  configurations?(own: Configuration): Promise<readonly Configuration[]>;
  /** Resolves when the value is safe: only then is what it came from acked. Rejects with SINK_FAILED, which ends the run. */
  write(value: Value, from: Position): Promise<void>;
  /**
   * Whether the record of a window is there already, by its id or by what version 0.1.0 knew it by; a promise where that must be
   * read first.
   */
  readonly has?: (id: string, former?: FormerId) => boolean | Promise<boolean>;
  /** The same output for a replay, whose source commits nothing; absent: it is used as it is. */
  forReplay?(): Sink<Value>;
  /** The same output in another folder, under its own name; absent: it is in none. */
  into?(folder: string): Sink<Value>;
  /** Rejects, saying why, while the sink is not connected to what it writes to; absent: it always is. */
  ready?(): Promise<void>;
  /** Called once after the last write; makes the output complete. */
  close?(): Promise<void>;
}
