import { useMe } from "../../api/queries";
import { About } from "./about";

/** The organisation that one is in, with what its preset decides and what was changed for it. */
export default function Own() {
  return <About id={useMe().organisation.id} />;
}
