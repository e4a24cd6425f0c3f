/** Derived signing keys. Deriving one takes four HMACs; they change once a day, so they are kept, as KeyObjects: Node 24 takes 60 µs to find out that a Buffer is none. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The date, region and service a key is good for. */
export interface Scope {
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
}

/** `YYYYMMDD/REGION/SERVICE/aws4_request`. */
export function scopeText({ scopeDate, region, service }: Scope): string {
  return `${scopeDate}/${region}/${service}/aws4_request`;
}

export class SigningKeys {
  readonly #keys = new Map<string, { readonly secret: string; readonly key: KeyObject }>();
  readonly #limit: number;

  /** @param limit how many keys are kept; the oldest leaves. */
  constructor(limit = 2000) {
    this.#limit = limit;
  }

  /** The signing key of an access key in a scope. */
  derive(accessKeyId: string, secret: string, scope: Scope): KeyObject {
    const name = `${accessKeyId}/${scopeText(scope)}`;
    const known = this.#keys.get(name);
    if (known?.secret === secret) return known.key;
    const key = createSecretKey([scope.scopeDate, scope.region, scope.service, 'aws4_request'].reduce(sign, Buffer.from(`AWS4${secret}`)));
    if (this.#keys.size >= this.#limit) this.#keys.delete(this.#keys.keys().next().value ?? '');
    this.#keys.set(name, { secret, key });
    return key;
  }
}

function sign(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
