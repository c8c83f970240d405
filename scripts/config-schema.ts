import { writeFileSync } from "node:fs";
import { configSchemaText } from "#lib/server/config/json-schema.ts";

// Writes the JSON Schema that editors read. A test fails when it is out of date.
writeFileSync("docs/lockkeeper.schema.json", configSchemaText());
