//! The scenarios of cards: what the issuer and the acquirer answer.

use brazil::CardBrand;
use domain::kernel::Moment;
use schemars::JsonSchema;
use serde::Serialize;

use crate::submission::SandboxSubmission;

/// The answer of the issuer or the acquirer to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CardAnswer {
    /// It does what the order says.
    Done,
    /// It refuses, with this return code of ABECS.
    Declined {
        /// Return code.
        code: &'static str,
    },
}

/// What comes before the answer to an authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardDelay {
    /// Nothing; the issuer answers at once.
    None,
    /// The acquirer reviews the sale for one minute.
    Review,
    /// The acquirer reviews the sale for one minute and then only authorises, so that Trilho captures after that.
    ReviewBeforeCapture,
    /// The payer must prove to the issuer who they are.
    Authentication,
}

/// A scenario of cards, always with the same outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardScenario {
    /// Name of the scenario, which is part of the token.
    pub name: &'static str,
    /// Brand of the card.
    pub brand: CardBrand,
    /// Last four digits of the card.
    pub last4: &'static str,
    /// Result of the submission of the authorisation.
    pub submission: SandboxSubmission,
    /// What comes before the answer to the authorisation.
    pub delay: CardDelay,
    /// Answer to the authorisation.
    pub authorization: CardAnswer,
    /// Answer to a capture.
    pub capture: CardAnswer,
    /// Answer to the order that voids.
    pub void: CardAnswer,
    /// Answer to the order that pays instalments early.
    pub anticipation: CardAnswer,
    /// Whether that answer comes one minute later.
    pub is_anticipated_later: bool,
    /// Description of the scenario.
    pub description: &'static str,
    /// Description in Portuguese, for the form of the sandbox.
    #[serde(skip)]
    pub description_pt: &'static str,
}

/// The card that is approved and captured.
pub(crate) const APPROVED: CardScenario = CardScenario {
    name: "approved",
    brand: CardBrand::Visa,
    last4: "1001",
    submission: SandboxSubmission::Answered,
    delay: CardDelay::None,
    authorization: CardAnswer::Done,
    capture: CardAnswer::Done,
    void: CardAnswer::Done,
    anticipation: CardAnswer::Done,
    is_anticipated_later: false,
    description: "The issuer approves.",
    description_pt: "O banco aprova.",
};

const fn declined(
    name: &'static str,
    last4: &'static str,
    code: &'static str,
    [description, description_pt]: [&'static str; 2],
) -> CardScenario {
    let authorization = CardAnswer::Declined { code };
    CardScenario { name, last4, authorization, description, description_pt, ..APPROVED }
}

/// The scenarios of cards.
pub const CARD_SCENARIOS: &[CardScenario] = &[
    APPROVED,
    CardScenario {
        name: "approved_elo",
        brand: CardBrand::Elo,
        last4: "1002",
        description: "The issuer of an Elo card approves.",
        description_pt: "O banco de um cartão Elo aprova.",
        ..APPROVED
    },
    declined(
        "insufficient_funds",
        "2051",
        "51",
        ["The limit of the card is too low.", "O limite do cartão é baixo demais."],
    ),
    declined("expired", "2054", "54", ["The card has expired.", "O cartão está vencido."]),
    declined(
        "stolen",
        "2043",
        "43",
        [
            "The card was stolen; no attempt will ever succeed.",
            "O cartão foi roubado; nenhuma tentativa terá sucesso.",
        ],
    ),
    declined(
        "no_reason",
        "2005",
        "05",
        ["The issuer declines without a reason.", "O banco recusa sem dizer o motivo."],
    ),
    CardScenario {
        name: "review_approved",
        last4: "3001",
        delay: CardDelay::Review,
        description: "The acquirer reviews the sale for one minute and then approves.",
        description_pt: "A adquirente analisa a venda por um minuto e aprova.",
        ..APPROVED
    },
    CardScenario {
        name: "review_authorized",
        last4: "3003",
        delay: CardDelay::ReviewBeforeCapture,
        description: "The acquirer reviews the sale for one minute and then only authorises it; Trilho orders its \
            capture.",
        description_pt: "A adquirente analisa a venda por um minuto e só autoriza; a Trilho pede a captura.",
        ..APPROVED
    },
    CardScenario {
        name: "review_declined",
        last4: "3002",
        delay: CardDelay::Review,
        authorization: CardAnswer::Declined { code: "59" },
        description: "The acquirer reviews the sale for one minute and then suspects fraud.",
        description_pt: "A adquirente analisa a venda por um minuto e suspeita de fraude.",
        ..APPROVED
    },
    CardScenario {
        name: "authentication",
        last4: "4001",
        delay: CardDelay::Authentication,
        description: "The payer must prove to the issuer who they are within ten minutes, on the page \
            at `card.authentication_url`. A program sends `POST /v1/sandbox/charges/{id}/authenticate` instead.",
        description_pt: "O banco pergunta quem é o pagador, por até dez minutos.",
        ..APPROVED
    },
    CardScenario {
        name: "answer_lost",
        last4: "5001",
        submission: SandboxSubmission::TimesOutAfterTaking,
        description: "The issuer approves, but the answer is lost. Trilho queries the acquirer one minute \
            later and finds it.",
        description_pt: "O banco aprova, mas a resposta se perde. A Trilho consulta um minuto depois.",
        ..APPROVED
    },
    CardScenario {
        name: "order_lost",
        last4: "5002",
        submission: SandboxSubmission::TimesOutBeforeTaking,
        description: "The order is lost. One minute later the acquirer does not have it. Trilho reverses it and \
            never authorises again.",
        description_pt: "O pedido se perde. Um minuto depois a Trilho o desfaz.",
        ..APPROVED
    },
    CardScenario {
        name: "capture_refused",
        last4: "6001",
        capture: CardAnswer::Declined { code: "19" },
        description: "The acquirer does not capture what the issuer authorised.",
        description_pt: "A adquirente não captura o que o banco autorizou.",
        ..APPROVED
    },
    CardScenario {
        name: "void_refused",
        last4: "6002",
        void: CardAnswer::Declined { code: "19" },
        description: "The acquirer does not void what the issuer authorised.",
        description_pt: "A adquirente não desfaz o que o banco autorizou.",
        ..APPROVED
    },
    CardScenario {
        name: "anticipation_later",
        last4: "6004",
        is_anticipated_later: true,
        description: "The issuer approves, and the acquirer answers an order of early payment one minute later.",
        description_pt: "O banco aprova, e a adquirente responde a uma antecipação um minuto depois.",
        ..APPROVED
    },
    CardScenario {
        name: "anticipation_refused",
        last4: "6003",
        anticipation: CardAnswer::Declined { code: "19" },
        description: "The issuer approves, and the acquirer pays no instalment early.",
        description_pt: "O banco aprova, e a adquirente não antecipa parcelas.",
        ..APPROVED
    },
];

impl CardScenario {
    /// Returns a new token of the card.
    pub fn token(&self, moment: &Moment) -> String {
        format!("tok_{}_{}", self.name, moment.ulid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brazil::AbecsReason;

    #[test]
    fn every_return_code_is_one_of_abecs() {
        let answers = CARD_SCENARIOS
            .iter()
            .flat_map(|it| [it.authorization, it.capture, it.void, it.anticipation]);
        for answer in answers {
            if let CardAnswer::Declined { code } = answer {
                assert!(AbecsReason::by_code(code).is_some(), "{code}");
            }
        }
    }
}
