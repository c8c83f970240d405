import { z } from "zod";

/** Text as prisma/schema.prisma wants it: JSON has an escape for the characters that PostgreSQL's text refuses. */
export function toJsonText(text: string): string {
  return JSON.stringify(text);
}

export function toJsonTextOrNull(text: string | null): string | null {
  return text === null ? null : JSON.stringify(text);
}

export function parseJsonText(json: string): string {
  return z.string().parse(JSON.parse(json));
}

export function parseJsonTextOrNull(json: string | null): string | null {
  return json === null ? null : parseJsonText(json);
}

/** For a time that AWS may have answered in a form we could not read: such a one is unknown, and never stops a record. */
export function toBigIntOrNull(value: number | null): bigint | null {
  return value === null || !Number.isFinite(value) ? null : BigInt(Math.trunc(value));
}

export function toNumberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
