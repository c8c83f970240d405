/** How a half is called on screen. */
export function nameHalf(mechanism: string): string {
  return mechanism === "s3" ? "S3 half" : "DynamoDB half";
}

/** "S3 half", or "both halves". */
export function nameHalves(mechanisms: readonly string[]): string {
  const names = [...new Set(mechanisms)];
  return names.length > 1 ? "both halves" : nameHalf(names[0] ?? "s3");
}
