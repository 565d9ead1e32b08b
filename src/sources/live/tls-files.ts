/** Certificates and keys of a TLS listener, looked at before it starts: what is wrong with which file, in words. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { InputError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Who must have signed the senders' certificates; null to ask them for none. */
  readonly clientAuthority: string | null;
}

interface TlsSettings {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

/** Reads the files of the listener `name`. @throws InputError that names the file */
export function readTlsFiles(name: string, { certificate, key, clientAuthority }: TlsFiles): TlsSettings {
  const cert = readFile(name, certificate);
  const keyFile = readFile(name, key);
  if (!certificateIn(name, certificate, cert).checkPrivateKey(keyIn(name, key, keyFile))) {
    throw unusable(name, key, `is not the key of ${certificate}`);
  }
  if (clientAuthority === null) return { cert, key: keyFile, requestCert: false, rejectUnauthorized: false };
  const ca = readFile(name, clientAuthority);
  certificateIn(name, clientAuthority, ca);
  return { cert, key: keyFile, ca, requestCert: true, rejectUnauthorized: true };
}

/** What OpenSSL says in words, without its places and numbers. */
export function tlsReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
  return reason.replace(/\s+/g, " ");
}

function readFile(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unusable(name, path, systemReason(error), error);
  }
}

function certificateIn(name: string, path: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unusable(name, path, "holds no certificate in PEM", error);
  }
}

function keyIn(name: string, path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isLocked = pem.includes("ENCRYPTED");
    throw unusable(
      name,
      path,
      isLocked ? "is locked by a passphrase; a listener needs one that is not" : "holds no private key in PEM",
      error,
    );
  }
}

function unusable(name: string, path: string, reason: string, cause?: unknown): InputError {
  return new InputError("E_INPUT_UNREADABLE", name, `${path}: ${reason}`, cause);
}
