/** The acts that are in the log, by the names that the API has for them (7.3). */
export const acts = [
  "signIn", "answerChallenge", "switchOrganisation", "signOut", "endSession", "endUserSessions", "updateMe", "changeMyPassword", "setPassword", "sendPasswordReset",
  "resendVerification", "redeemLink", "confirmTotp", "removeTotp", "confirmPasskey", "removePasskey", "newRecoveryCodes", "resetSecondFactor", "verifyPhone",
  "createUser", "duplicateUser", "updateUser", "redirectUser", "deactivateUser", "reactivateUser", "removeUser", "nameOwner", "assignAccount",
  "confirmChange", "approveChange", "rejectChange", "cancelChange",
  "createCredential", "rotateCredential", "revealCredential", "claimCredential", "revokeCredential", "addCertificate", "removeCertificate",
  "createRole", "updateRole", "deleteRole", "createContact", "updateContact", "deleteContact",
  "createServiceRequest", "decideServiceRequest", "submitKyc", "decideKyc",
  "createOrganisation", "updateOrganisation", "createCompany", "openAccount", "evaluateAccess",
] as const;
