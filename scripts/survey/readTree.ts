import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { type Node, parseSync } from 'oxc-parser';

export interface FunctionSpan {
  readonly name: string;
  /** First line, from 1. */
  readonly line: number;
  readonly lines: number;
}

/** What the survey needs to know of one file. Paths are from the top of the repository. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Files of the repository that it imports, types included. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly functions: readonly FunctionSpan[];
  /** Fields whose type is AbortSignal, as `name:line`. */
  readonly storedSignals: readonly string[];
}

/** Reads the TypeScript files below `folder`, in the order of their paths. */
export function readTree(root: string, folder: string): SourceFile[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .toSorted()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

export function readSource(path: string, text: string): SourceFile {
  const { program, module, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const imported = new Set<string>();
  const functions: FunctionSpan[] = [];
  const storedSignals: string[] = [];

  for (const { moduleRequest } of module.staticImports) imported.add(moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) imported.add(moduleRequest.value);
  }
  visit(program, '', (node, name) => {
    if (isFunction(node)) {
      const line = lineOf(node.start);
      functions.push({ name, line, lines: lineOf(node.end) - line + 1 });
    }
    if (isField(node) && text.slice(node.start, node.end).match(STORED_SIGNAL)) storedSignals.push(`${name}:${lineOf(node.start)}`);
    if ((node.type === 'ImportExpression' || node.type === 'TSImportType') && node.source.type === 'Literal') {
      imported.add(String(node.source.value));
    }
  });

  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [...imported].filter((name) => name.startsWith('.')).map((name) => join(dirname(path), name)),
    exports: module.staticExports.flatMap(({ entries }) => entries.map(({ exportName }) => exportName.name ?? exportName.kind)),
    functions,
    storedSignals,
  };
}

/** A field that is a signal, or may be one; not a method that takes one. */
const STORED_SIGNAL = /^[^(]*:\s*(undefined\s*\|\s*)?AbortSignal\b/;

const isField = (node: Node): boolean => node.type === 'TSPropertySignature' || node.type === 'PropertyDefinition';

/** A function with a body: no overload, no declaration. */
const isFunction = (node: Node): boolean =>
  (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') &&
  node.body !== null;

/** Calls `each` for every node, with the name of the nearest thing around it that has one. */
function visit(value: unknown, around: string, each: (node: Node, name: string) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, around, each);
  } else if (isNode(value)) {
    const name = nameOf(value) ?? around;
    each(value, name);
    for (const [key, part] of Object.entries(value)) if (key !== 'id' && key !== 'key') visit(part, name, each);
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

function nameOf(node: Node): string | undefined {
  if ('id' in node && node.id?.type === 'Identifier') return node.id.name;
  if ('key' in node && node.key.type === 'Identifier') return node.key.name;
  if ('key' in node && node.key.type === 'PrivateIdentifier') return `#${node.key.name}`;
  return undefined;
}
