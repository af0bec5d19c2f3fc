import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { type Node, parseSync } from 'oxc-parser';

/** A name that a module declares, or passes on: where it really comes from. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

interface Module {
  /** What its declarations name, by the name of the declaration. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that come from other modules of ours. */
  readonly imports: ReadonlyMap<string, Origin>;
  /** Public names of this module, and what they are called inside. */
  readonly exports: ReadonlyMap<string, Origin>;
}

/** The declarations (.d.ts) of the whole package, as they would be published. Returns the folder. */
export function emitDeclarations(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saccade-types-'));
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--sourceMap', 'false', '--outDir', folder]);
  return folder;
}

/** Types that public declarations name and the entry does not export, each with the first declaration that names it. */
export function unexportedTypes(folder: string): string[] {
  const modules = new Map<string, Module>();
  const moduleOf = (file: string): Module => {
    const known = modules.get(file) ?? readModule(file);
    modules.set(file, known);
    return known;
  };
  const originOf = (file: string, name: string): Origin => {
    const { imports, uses } = moduleOf(file);
    const from = uses.has(name) ? undefined : (imports.get(name) ?? moduleOf(file).exports.get(name));
    if (!from || (from.file === file && from.name === name)) return { file, name };
    return originOf(from.file, from.name);
  };
  const keyOf = ({ file, name }: Origin): string => `${relative(folder, file)}#${name}`;

  const entry = join(folder, 'index.d.ts');
  const exported = new Map<string, Origin>();
  for (const { file, name } of moduleOf(entry).exports.values()) {
    const origin = originOf(file, name);
    exported.set(keyOf(origin), origin);
  }
  const missing = new Map<string, string>();
  for (const [publicName, { file, name }] of exported) {
    for (const used of moduleOf(file).uses.get(name) ?? []) {
      const origin = originOf(file, used);
      const isOurs = moduleOf(origin.file).uses.has(origin.name);
      if (isOurs && !exported.has(keyOf(origin)) && !missing.has(keyOf(origin))) missing.set(keyOf(origin), publicName);
    }
  }
  return [...missing].map(([type, user]) => `${type}, which ${user} names`).toSorted();
}

function readModule(file: string): Module {
  const uses = new Map<string, Set<string>>();
  const imports = new Map<string, Origin>();
  const exports = new Map<string, Origin>();
  const { program } = parseSync(file, readFileSync(file, 'utf8'));
  const resolved = (from: string): string | undefined => {
    const path = resolve(dirname(file), from.replace(/\.(ts|js)$/, '.d.ts'));
    return from.startsWith('.') && existsSync(path) ? path : undefined;
  };
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const from = resolved(node.source.value);
      for (const one of from ? node.specifiers : [])
        imports.set(one.local.name, { file: from!, name: one.type === 'ImportSpecifier' ? nameOf(one.imported) : 'default' });
    } else if (node.type === 'ExportNamedDeclaration' && !node.declaration) {
      const from = node.source ? resolved(node.source.value) : file;
      for (const one of from ? node.specifiers : []) exports.set(nameOf(one.exported), { file: from!, name: nameOf(one.local) });
    } else {
      const declared = node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration' ? node.declaration : node;
      for (const name of declared ? namesDeclared(declared) : []) {
        uses.set(name, new Set([...(uses.get(name) ?? []), ...typesNamed(declared!)]));
        if (node.type === 'ExportNamedDeclaration') exports.set(name, { file, name });
      }
    }
  }
  return { uses, imports, exports };
}

const nameOf = (node: { type: string; name?: string; value?: unknown }): string => node.name ?? String(node.value);

function namesDeclared(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  return 'id' in node && node.id && 'name' in node.id ? [node.id.name] : [];
}

/** The names of types anywhere below a declaration. */
function typesNamed(node: unknown, found = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return found;
  if (Array.isArray(node)) {
    for (const one of node) typesNamed(one, found);
    return found;
  }
  const { type, typeName, expression, superClass } = node as Record<string, { type?: string; name?: string }> & { type?: string };
  const named = type === 'TSTypeReference' ? typeName : type === 'TSInterfaceHeritage' ? expression : superClass;
  if (named?.type === 'Identifier' && named.name) found.add(named.name);
  for (const value of Object.values(node)) typesNamed(value, found);
  return found;
}
