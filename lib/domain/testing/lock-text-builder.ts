const LOCK = {
  ID: "b029be34-5bd1-f780-2c36-edc99ddcb1f6",
  Operation: "OperationTypeApply",
  Info: "",
  Who: "ada@buildhost",
  Version: "1.11.4",
  Created: "2026-11-23T03:38:13.200871696Z",
  Path: "acme-tfstate/network/terraform.tfstate",
};

/** Lock text as Terraform writes it, with some fields replaced by whatever a test needs. */
export function aLockText(fields: Readonly<Partial<Record<keyof typeof LOCK, unknown>>> = {}): string {
  return JSON.stringify({ ...LOCK, ...fields }).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
