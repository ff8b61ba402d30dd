import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default {
  path: "/operations",
  title: "operations.title",
  load: () => import("./list"),
  shown: (me) => may(me, "operations:view"),
  entry: { icon: "operations", group: "control", order: 3 },
} satisfies Declaration;
