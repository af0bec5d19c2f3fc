/** What a model means by a value, whatever its type. Lists are joined with commas; objects are no text. */
export const toText = (value: unknown): string => textOf(value, 0);

/** Lists in lists are no caption, and deep ones would cost the stack. */
const DEEPEST = 20;

function textOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim();
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value) || depth > DEEPEST) return '';
  return value
    .map((inner) => textOf(inner, depth + 1))
    .filter(Boolean)
    .join(', ');
}

export const toFlag = (value: unknown): boolean => value === true || value === 1 || /^(?:true|yes|1)$/i.test(toText(value));

export const toList = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value === 'string') return value.split(/[,;]\s*/);
  return typeof value === 'object' && value !== null ? [value] : [];
};
