import { BLOCK_BYTES, BLOCK_UNITS, PAGE_BYTES } from "./table-capacity.ts";

/** How much the next page of a scan may look at, and what is held for it. */
export type PagePlan = {
  /** Null leaves it to AWS, which ends a page at 1 MB. */
  readonly items: number | null;
  /** What it should take, and what is held for it: one block more. */
  readonly units: number;
  readonly heldUnits: number;
};

export type PagePlanner = {
  /** The next page, of this many units. */
  readonly plan: (pageUnits: number) => PagePlan;
  /** Learns from what AWS said that a page took. */
  readonly learn: (page: { plan: PagePlan; scanned: number; units: number }) => void;
  /** Tells the items' average size, where nothing was learned yet. */
  readonly expect: (averageBytes: number) => void;
  /** What reading this many items takes, where AWS does not say. */
  readonly estimateUnits: (items: number) => number;
};

/** A digest has about 116 bytes and a lock 319: begin with small pages. */
const ITEM_BYTES = 200;
const ITEM_BYTES_MIN = 32;
const GROW = 0.96;
const SHRINK = 1.06;
/** Pages before it tries again whether more items fit. */
const CONTENT_PAGES = 30;

/**
 * Finds out how many items fit into a page of so many units: AWS only says what a page took, rounded up to 4 KB. It tries a
 * few more each time until one block more was taken, which is held for that, and then stays a little below.
 */
export function createPagePlanner(): PagePlanner {
  let itemBytes = ITEM_BYTES;
  let isLearned = false;
  let contentPages = 0;
  /** Above 1 after a page that took far more than planned. */
  let caution = 1;

  return {
    plan(pageUnits) {
      const blocks = Math.max(1, Math.floor(pageUnits / BLOCK_UNITS));
      const units = blocks * BLOCK_UNITS;
      // A full page is 128 units and never more.
      if (blocks * BLOCK_BYTES >= PAGE_BYTES) return { items: null, units, heldUnits: units };
      const items = Math.max(1, Math.floor((blocks * BLOCK_BYTES) / (itemBytes * caution)));
      return { items, units, heldUnits: units + BLOCK_UNITS };
    },
    learn({ plan, scanned, units }) {
      if (plan.items === null || scanned === 0) return;
      isLearned = true;
      if (units > plan.units) {
        itemBytes *= SHRINK;
        contentPages = CONTENT_PAGES;
        // One huge item says little of the next ones: it makes for a few small pages, and is then forgotten.
        if (units > plan.heldUnits) caution *= units / plan.units;
      } else if (caution > 1) {
        caution = Math.max(1, caution * 0.7);
      } else if (contentPages > 0) {
        contentPages -= 1;
      } else if (scanned === plan.items) {
        itemBytes = Math.max(ITEM_BYTES_MIN, itemBytes * GROW);
      }
    },
    expect(averageBytes) {
      if (!isLearned && averageBytes > 0) itemBytes = Math.max(ITEM_BYTES_MIN, averageBytes * SHRINK);
    },
    estimateUnits: (items) => Math.max(1, Math.ceil((items * itemBytes) / BLOCK_BYTES)) * BLOCK_UNITS,
  };
}
