export default function Page() {
  return <p>Lockkeeper</p>;
}
