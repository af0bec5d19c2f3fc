import type { HashedPart } from '../../stage/item.ts';

/** A renderer as it stands in the parameters of the renderer that holds it. */
export const nestedPart = ({ name, params }: HashedPart): Readonly<Record<string, unknown>> => ({ name, ...params });
