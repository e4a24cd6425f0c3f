/** Request bodies in XML: small, strict, and without any of XML's dangerous parts (no document types, no entities but the five and character references). Why not a library: docs/decisions/0010. */
import { AwsError } from '../../../http/aws-error.ts';

/** An element: its name without prefix, its children, and its text if it has no children. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const MAX_DEPTH = 12;

/** The refusal of a body that is not the XML that was asked for. */
export function malformedXml(): AwsError {
  return new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}

/** Parses a document whose root has one of these names. @throws AwsError 400 `MalformedXML`. */
export function parseXml(text: string, ...roots: readonly string[]): XmlElement {
  const reader = new Reader(text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n')); // XML 1.0, section 2.11
  reader.skipProlog();
  const root = reader.element(0);
  reader.skipProlog();
  if (!reader.done() || !roots.includes(root.name)) throw malformedXml();
  return root;
}

/** The only child with this name, or undefined. @throws AwsError 400 `MalformedXML` where there are several. */
export function child(parent: XmlElement, name: string): XmlElement | undefined {
  const found = parent.children.filter((element) => element.name === name);
  if (found.length > 1) throw malformedXml();
  return found[0];
}

/** The text of the only child with this name, or undefined. */
export function childText(parent: XmlElement, name: string): string | undefined {
  const found = child(parent, name);
  if (found !== undefined && found.children.length > 0) throw malformedXml();
  return found?.text;
}

/** All children with this name. */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((element) => element.name === name);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  done(): boolean {
    return this.#at === this.#text.length;
  }

  /** White space, comments and processing instructions around the root. */
  skipProlog(): void {
    for (;;) {
      this.#match(/\s+/y);
      if (this.#text.startsWith('<?', this.#at)) this.#skipTo('?>');
      else if (this.#text.startsWith('<!--', this.#at)) this.#skipTo('-->');
      else return;
    }
  }

  element(depth: number): XmlElement {
    if (depth > MAX_DEPTH) throw malformedXml();
    const name = this.#match(/<([A-Za-z_][\w.:-]*)/y)?.[1];
    if (name === undefined) throw malformedXml();
    this.#attributes();
    const local = name.slice(name.indexOf(':') + 1);
    if (this.#match(/\s*\/>/y) !== undefined) return { name: local, children: [], text: '' };
    if (this.#match(/\s*>/y) === undefined) throw malformedXml();
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      text += decodeText(this.#match(/[^<]+/y)?.[0] ?? '');
      if (this.#text.startsWith('<!--', this.#at)) this.#skipTo('-->');
      else if (this.#text.startsWith('<![CDATA[', this.#at)) text += this.#skipTo(']]>').slice('<![CDATA['.length, -']]>'.length);
      else if (this.#text.startsWith('</', this.#at)) break;
      else children.push(this.element(depth + 1));
    }
    if (this.#match(/<\/([A-Za-z_][\w.:-]*)\s*>/y)?.[1] !== name) throw malformedXml();
    if (children.length > 0 && text.trim() !== '') throw malformedXml();
    return { name: local, children, text: children.length > 0 ? '' : text };
  }

  /** Steps over attributes, of which none means anything here. */
  #attributes(): void {
    const names = new Set<string>();
    for (;;) {
      const name = this.#match(/\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"[^"<]*"|'[^'<]*')/y)?.[1];
      if (name === undefined) return;
      if (names.has(name)) throw malformedXml();
      names.add(name);
    }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #skipTo(end: string): string {
    const at = this.#text.indexOf(end, this.#at);
    if (at < 0) throw malformedXml();
    const skipped = this.#text.slice(this.#at, at + end.length);
    this.#at = at + end.length;
    return skipped;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(\w+));|&/g, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined && ENTITIES[name] !== undefined) return ENTITIES[name];
    const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
    if (code === undefined || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw malformedXml();
    return String.fromCodePoint(code);
  });
}
