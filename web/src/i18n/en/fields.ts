/** What the names that kreds gives are called; imported ones have a label of their own. */
export const en = {
  names: {
    "profile.key": "Customer",
    "profile.first_seen": "First seen",
    "profiling.objection": "Objects to profiling",
    "consent.email": "Consent to e-mail",
    "consent.sms": "Consent to SMS",
    "consent.phone": "Consent to calls",
    "reachable.email": "Reachable by e-mail",
    "reachable.sms": "Reachable by SMS",
    "reachable.phone": "Reachable by phone",
    "rfm.recency": "RFM: recency",
    "rfm.frequency": "RFM: frequency",
    "rfm.monetary": "RFM: monetary value",
    "rfm.group": "RFM: group",
    "value.clv": "Lifetime value",
    "score.churn": "Risk of churn",
  } as Record<string, string>,
};
