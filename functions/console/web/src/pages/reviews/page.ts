import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

const page = (path: string, load: Declaration["load"]) => ({ path, title: "reviews.title", load, shown: (me) => may(me, "operations:view") }) satisfies Declaration;

export default [
  { ...page("/reviews", () => import("./access")), entry: { icon: "reviews", group: "control", order: 4 } },
  page("/reviews/segregation", () => import("./conflicts")),
  page("/reviews/dormant", () => import("./dormant")),
] satisfies Declaration[];
