import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/** Compares keys as S3 sorts them. */
export const compareKeys = compareUtf8;
