import { dirname, relative, resolve } from 'node:path';
import { whyNot } from './survey/importRules.ts';

/*
  A plug-in of oxlint with one rule, `house/imports`: between the rooms of src/, imports go one way, and no stage names a
  plug-in. The order of the rooms and the exceptions are in scripts/survey/rooms.ts, and nowhere else.
*/

interface Context {
  readonly cwd: string;
  readonly filename: string;
  report(finding: { readonly node: object; readonly message: string }): void;
}

interface ImportingNode {
  readonly source: { readonly value?: unknown } | null;
}

export default {
  meta: { name: 'house' },
  rules: {
    imports: {
      create(context: Context) {
        const { cwd, filename } = context;
        const from = relative(cwd, filename);
        const check = ({ source }: ImportingNode): void => {
          if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
          const message = whyNot(from, relative(cwd, resolve(dirname(filename), source.value)));
          if (message !== undefined) context.report({ node: source, message });
        };
        return {
          ImportDeclaration: check,
          ImportExpression: check,
          TSImportType: check,
          ExportNamedDeclaration: check,
          ExportAllDeclaration: check,
        };
      },
    },
  },
};
