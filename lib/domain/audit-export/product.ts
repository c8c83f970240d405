/** Who reports an event, to a system that collects those of many. The version is that of package.json, and a test says so. */
export const PRODUCT = { name: "Lockkeeper", vendor: "Lockkeeper", version: "0.1.0" } as const;
