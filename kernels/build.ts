import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FLAGS = ['--runtime', 'stub', '--enable', 'simd', '--enable', 'bulk-memory', '-O3', '--noAssert', '--importMemory'];
const SOURCES = { EVT_KERNEL: 'evt.ts', LZ4_KERNEL: 'lz4.ts' };

/** What is used of the compiler. Its own types declare globals of AssemblyScript, which would loosen those of the whole project. */
interface Compiler {
  main(
    args: readonly string[],
    files: {
      readFile: (name: string) => string | null;
      writeFile: (name: string, contents: Uint8Array) => void;
      listFiles: () => string[];
    },
  ): Promise<{ error: Error | null }>;
}

/** Compiles the kernels and returns the text that holds them, as `src/decode/kernels/kernelBytes.ts` keeps it. */
export async function buildKernels(): Promise<string> {
  let text =
    '/* Made by `node kernels/build.ts` from the sources in kernels/: WebAssembly as base64. A test builds them again and compares. */\n';
  for (const [name, source] of Object.entries(SOURCES)) {
    const bytes = await compiled(source);
    text += `\nexport const ${name} =\n  '${Buffer.from(bytes).toString('base64')}';\n`;
  }
  return text;
}

async function compiled(source: string): Promise<Uint8Array> {
  let wasm = new Uint8Array(0);
  const module: string = 'assemblyscript/asc';
  const compiler = (await import(module)) as Compiler;
  const { error } = await compiler.main([source, '-o', 'kernel.wasm', ...FLAGS], {
    readFile: (name) => (name === source ? readFileSync(new URL(source, import.meta.url), 'utf8') : null),
    writeFile: (_, contents) => {
      wasm = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error) throw error;
  return wasm;
}

if (import.meta.main) writeFileSync(fileURLToPath(new URL('../src/decode/kernels/kernelBytes.ts', import.meta.url)), await buildKernels());
