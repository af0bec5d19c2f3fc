import type { Reach } from '../../stage/reach.ts';
import type { Secret } from '../../secret.ts';
import type { CaptionRequest } from '../captionRequest.ts';
import type { ModelFacts } from '../pricing/modelFacts.ts';
import type { Reading } from './transport.ts';

/** How one vendor's API is spoken: what is written and what is read. Everything else is shared. */
export interface ApiCodec {
  readonly provider: string;
  readonly baseUrl: string;
  /** Appended to the base address. */
  readonly path: string;
  /** Everything but the key; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that carry the key. Asynchronous where a token must be fetched. */
  authorise(key: Secret | undefined): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** The JSON of the body, with IMAGE (`requestBody.ts`) where the base64 of the picture goes. */
  body(request: CaptionRequest): object;
  /** Reads the JSON of a reply with status 200. Anything it throws makes the reply malformed. */
  read(json: unknown): Reading;
  /** Parameters that change the answer. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Servers besides that of `baseUrl`, such as the one that gives tokens. */
  readonly reaches?: readonly Reach[];
  /** Whether pictures are sent at low detail. */
  readonly lowDetail?: boolean;
  /** What is known of the model, where the table (`pricing/modelFacts.ts`) has no row for it. @default the table, or a guess */
  readonly modelFacts?: ModelFacts;
}
