/** What a round says of its pipeline. It travels to the pipeline's process as JSON. */
export interface JobSettings {
  /** The only folder that it reads and writes, and that the shim watches. */
  readonly folder: string;
  readonly format: 'avro' | 'jsonl';
  readonly source: 'recording' | 'synthetic';
  /** Address of simulated vendors, which are asked with a ledger and a budget file; absent: `motion()`. */
  readonly simulator?: string;
}
