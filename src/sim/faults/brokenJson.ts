/**
 * The ways in which models break the JSON that they were asked for, by name. Each takes the text of a correct answer and returns what
 * such a model would have written. All but the last two still hold the caption.
 */
export const brokenJson = {
  json_fenced: (text) => `\`\`\`json\n${text}\n\`\`\``,
  json_prose_before: (text) => `Here is the JSON you asked for:\n\n${text}`,
  json_prose_after: (text) => `${text}\n\nLet me know if you need anything else!`,
  json_trailing_comma: (text) => text.replace(/\}$/, ',}'),
  json_single_quotes: (text) => text.replaceAll("'", '’').replaceAll('"', "'"),
  json_unquoted_keys: (text) => text.replaceAll(/"(\w+)":/g, '$1:'),
  json_curly_quotes: (text) => text.replaceAll(/"([^"]*)"/g, '“$1”'),
  json_missing_brace: (text) => text.replace(/\}$/, ''),
  json_extra_brace: (text) => `${text}}`,
  json_comments: (text) => text.replace('{', '{ // the caption\n'),
  json_python: (text) => text.replaceAll('true', 'True').replaceAll('false', 'False').replaceAll('null', 'None'),
  json_nan: (text) => text.replaceAll(/:(-?\d+(\.\d+)?)/g, ':NaN'),
  json_raw_newline: (text) => text.replace(/":"([^" ]+) /, '":"$1\n'),
  json_unescaped_quote: (text) => text.replace(/":"([^" ]+) ([^" ]+)/, '":"$1 "$2"'),
  json_in_array: (text) => `[${text}]`,
  json_nested: (text) => `{"result":${text}}`,
  json_twice_encoded: (text) => JSON.stringify(text),
  json_twice_said: (text) => `${text}\n${text}`,
  json_byte_order_mark: (text) => `\uFEFF${text}`,
  json_capital_keys: (text) => text.replaceAll(/"(\w)(\w*)":/g, (_all, first: string, rest: string) => `"${first.toUpperCase()}${rest}":`),
  json_extra_fields: (text) => text.replace('{', '{"reasoning":"The lit pixels were counted.",'),
  json_wrong_types: (text) => text.replaceAll(/:(-?\d+(\.\d+)?|true|false)/g, ':"$1"').replaceAll(/:"([^"]*)"/g, ':["$1"]'),
  json_missing_field: (text) => text.replace(/"\w+":"[^"]*",/, ''),
  json_cut: (text) => text.slice(0, Math.ceil(text.length * 0.6)),
  json_not_at_all: (text) => [...text.matchAll(/":"([^"]*)"/g)].map(([, value]) => value).join(' '),
  json_empty_object: () => '{}',
} as const satisfies Record<string, (text: string) => string>;

export type BrokenJson = keyof typeof brokenJson;

export const brokenJsonNames = Object.keys(brokenJson) as readonly BrokenJson[];
