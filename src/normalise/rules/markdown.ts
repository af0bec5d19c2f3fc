import { textRule } from '../textRule.ts';

/** The text of a Markdown answer: no fences, headings, bullets, emphasis or links. Runs before line breaks are lost. */
export const markdown = textRule((text) => (MARKS.test(text) ? plain(text) : text));

const MARKS = /[*_`#>[\]|]|^[^\S\n\r\u2028\u2029]*(?:-|\d+[.)])\s/m;

const plain = (text: string): string =>
  text
    .replaceAll(/^[ \t]*(?:```|~~~)[\w-]*[ \t]*$/gm, '')
    .replaceAll(/^[ \t]{0,3}#{1,6}[ \t](.*)$/gm, (_, title: string) => heading(blank(withoutHashes(blank(title)))))
    .replaceAll(/^[ \t]*\*\*([^*\n]+)\*\*:?[ \t]*(?=\n\s*\S)/gm, (_, title: string) => heading(title))
    .replaceAll(/^[ \t]*(?:[-*_][ \t]*){3,}$/gm, '')
    .replaceAll(/^[ \t]*>[ \t]?/gm, '')
    .replaceAll(/^[ \t]*[-*+•][ \t](.*)$/gm, (_, entry: string) => ended(blank(entry)))
    .replaceAll(/(?<=^|\n)[ \t]*1[.)][ \t].*(?:\n+[ \t]*\d{1,2}[.)][ \t].*)+/g, unnumbered)
    .replaceAll(/!?\[([^[\]\n]*)\]\([^[)\n]*\)/g, '$1')
    .replaceAll(/(\*{1,3}|(?<!\w)_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)/g, '$2')
    .replaceAll(/(?<!`)`+([^`\n]+)`+/g, '$1');

/** Without the spaces and tabs around it. */
function blank(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && BLANKS.includes(line[start]!)) start++;
  while (end > start && BLANKS.includes(line[end - 1]!)) end--;
  return line.slice(start, end);
}

const BLANKS = ' \t';

/** A heading may be closed by the marks that open it. */
function withoutHashes(title: string): string {
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end--;
  return title.slice(0, end);
}

/** A numbered list counts from 1 over several lines; a single `3. place` is text. */
const unnumbered = (list: string): string => list.replaceAll(/^[ \t]*\d{1,2}[.)][ \t](.*)$/gm, (_, entry: string) => ended(blank(entry)));

/** A heading that only says that a description follows is no part of it. */
const heading = (title: string): string => (META_HEADING.test(title) ? '' : ended(title));

const META_HEADING =
  /^(?:(?:the|an?|of|for|event|frame|image|picture|photo|scene|visual|camera|brief|short|detailed|overall)[\s-]+)*(?:description|analysis|caption|overview|summary|answer|response|frame|image|scene|interpretation|observations?):?$/i;

/** A heading or a bullet ends its sentence, which the line break did before. */
const ended = (line: string): string => (line === '' || /[.!?:;,]$/.test(line) ? line : `${line}.`);
