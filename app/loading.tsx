import { SkeletonRows } from "#components/locks/skeleton-rows.tsx";

export default function Loading() {
  return (
    <div className="pt-20">
      <p role="status" className="sr-only">
        Loading
      </p>
      <SkeletonRows count={8} />
    </div>
  );
}
