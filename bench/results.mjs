// The file of figures: what stands before its first section, and its sections by title, in their order.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { settings } from './measure.mjs';

export function readResults() {
  const [head = '', ...sections] = (existsSync(settings.results) ? readFileSync(settings.results, 'utf8') : '').split(/^## /m);
  return {
    head: head.trim(),
    sections: new Map(
      sections.map((section) => {
        const [title] = section.split('\n', 1);
        return [title, section.slice(title.length).trim()];
      }),
    ),
  };
}

export const writeResults = ({ head, sections }) =>
  writeFileSync(settings.results, `${head}\n${[...sections].map(([title, text]) => `\n## ${title}\n\n${text}\n`).join('')}`);
