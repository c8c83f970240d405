import clsx from "clsx";

const WIDTHS = ["w-[34%]", "w-[27%]", "w-[20%]", "w-[28%]", "w-[21%]", "w-[29%]"];

/** The shape of rows to come, only for a first load. */
export function SkeletonRows({ count }: { count: number }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity.
        <div key={index} className="flex h-(--row) items-center gap-4 border-line border-b px-3">
          <span className="h-3 w-16 rounded bg-hover" />
          <span className={clsx("h-3 rounded bg-hover", WIDTHS[index % WIDTHS.length])} />
          <span className="h-3 w-24 rounded bg-hover" />
        </div>
      ))}
    </div>
  );
}
