import type { Me } from "../../api/queries";

/** Whether a person's identity is checked here (1.12). */
export const hasChecks = (me: Me) => me.organisation.settings.onboarding.includes("kycNotVerified") && me.user.kind === "regular";
