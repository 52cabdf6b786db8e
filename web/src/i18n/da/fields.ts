import type { en } from "../en/fields";

export const da: typeof en = {
  names: {
    "profile.key": "Kunde",
    "profile.first_seen": "Først set",
    "profiling.objection": "Indsigelse mod profilering",
    "consent.email": "Samtykke til e-mail",
    "consent.sms": "Samtykke til SMS",
    "consent.phone": "Samtykke til opkald",
    "reachable.email": "Kan nås på e-mail",
    "reachable.sms": "Kan nås på SMS",
    "reachable.phone": "Kan nås på telefon",
    "rfm.recency": "RFM: hvor nyligt",
    "rfm.frequency": "RFM: hyppighed",
    "rfm.monetary": "RFM: beløb",
    "rfm.group": "RFM: gruppe",
    "value.clv": "Kundelivstidsværdi",
    "score.churn": "Risiko for frafald",
  },
};
