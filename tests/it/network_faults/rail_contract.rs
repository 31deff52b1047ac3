//! The contract of a rail, on the sandbox and on the scripted network of the tests.

use std::sync::Mutex;

use brazil::{Document, DocumentKind, EndToEndId, EndToEndIdKind, PixKey, PixKeyKind};
use domain::charge::{Charge, ChargeUpdate};
use domain::dispute::DisputeInstruction;
use domain::kernel::{ChargeId, Id, Moment};
use jiff::{SignedDuration, Timestamp};
use rails::{BoletoRequest, CardRequest, DisputeRequest, NetworkStatus, PayoutOrder, RefundOrder};
use rails_contract::{
    OrderCase, PaymentCase, PayoutTerms, RefundTerms, TestClock, TestNetwork, check_rail,
};
use rails_sandbox::{ISPB, SandboxRail};
use store::Key;
use tests::{NetworkBehavior, ScriptedNetwork, World};

/// A clock that only the contract moves.
struct ContractClock(Mutex<Timestamp>);

impl TestClock for ContractClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics with the clock")
    }

    fn advance(&self, by: SignedDuration) {
        *self.0.lock().expect("no test panics with the clock") += by;
    }
}

fn clock() -> ContractClock {
    ContractClock(Mutex::new("2026-01-05T12:00:00.123456Z".parse().expect("a timestamp")))
}

/// The scenarios of the sandbox, by case.
struct SandboxCases {
    charge: Charge,
    moment: Moment,
}

impl SandboxCases {
    /// Opens a charge, as customers do.
    async fn new() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let charge = world.charge(&tenant.program.api_key, "order-1").await.created();
        let id = ChargeId::parse(charge["id"].as_str().expect("an id")).expect("an id");
        let key = Key::Charge(tenant.account_id, id);
        let charge = world.bundle.app().store.find::<Charge>(&key).await.expect("the table");
        let moment = world.bundle.app().moment();
        Self { charge: charge.expect("the charge"), moment }
    }
}

fn email(text: &str) -> PixKey {
    PixKey::parse(PixKeyKind::Email, text).expect("a Pix key")
}

impl TestNetwork for SandboxCases {
    fn payout(&self, case: OrderCase) -> Option<PayoutTerms> {
        let (key, amount_cents) = match case {
            OrderCase::Settled => ("maria@example.com", 2_550),
            OrderCase::Rejected => ("closed@sandbox.example", 2_550),
            OrderCase::SettledLater => ("maria@example.com", 2_001),
            OrderCase::RejectedLater => ("maria@example.com", 2_002),
            OrderCase::ResponseLost => ("maria@example.com", 2_003),
            OrderCase::OrderLost => ("maria@example.com", 2_004),
            OrderCase::Returned => ("maria@example.com", 2_005),
        };
        Some(PayoutTerms { pix_key: email(key), amount_cents })
    }

    fn refund(&self, case: OrderCase) -> Option<RefundTerms> {
        let amount_cents = match case {
            OrderCase::Settled => 400,
            OrderCase::Rejected => 3_006,
            OrderCase::SettledLater => 3_001,
            OrderCase::RejectedLater => 3_002,
            OrderCase::ResponseLost => 3_003,
            OrderCase::OrderLost => 3_004,
            OrderCase::Returned => return None,
        };
        let now = "2026-01-05T10:00:00Z".parse().expect("a timestamp");
        let paid = EndToEndId::mint(EndToEndIdKind::Payment, ISPB, now, "00000000001");
        Some(RefundTerms { end_to_end_id: paid.expect("an id"), amount_cents })
    }

    fn boleto(&self, case: OrderCase) -> Option<u64> {
        Some(match case {
            OrderCase::Settled => 10_000,
            OrderCase::Rejected => 5_005,
            OrderCase::SettledLater => 5_006,
            OrderCase::ResponseLost => 5_003,
            OrderCase::OrderLost => 5_004,
            OrderCase::RejectedLater | OrderCase::Returned => return None,
        })
    }

    fn authorized_card(&self, case: OrderCase) -> Option<String> {
        match case {
            OrderCase::Settled => Some("approved_1".to_owned()),
            OrderCase::Rejected => Some("capture_refused_1".to_owned()),
            _ => None,
        }
    }

    fn dispute(&self, case: OrderCase) -> Option<(u64, DisputeInstruction)> {
        let contest = || DisputeInstruction::Contest {
            text: "The goods arrived.".to_owned(),
            evidence: Vec::new(),
        };
        match case {
            OrderCase::Settled => Some((1_000, DisputeInstruction::Accept)),
            OrderCase::Rejected => Some((1_108, contest())),
            OrderCase::SettledLater => Some((1_106, contest())),
            OrderCase::ResponseLost => Some((1_109, DisputeInstruction::Accept)),
            OrderCase::OrderLost => Some((1_110, DisputeInstruction::Accept)),
            OrderCase::RejectedLater | OrderCase::Returned => None,
        }
    }

    fn key_with_owner(&self) -> PixKey {
        email("maria@example.com")
    }

    fn key_without_owner(&self) -> PixKey {
        email("nobody@sandbox.example")
    }

    fn accepted_charge(&self) -> Option<Charge> {
        Some(self.charge.clone())
    }

    fn payment(&self, case: PaymentCase) -> Option<(Charge, NetworkStatus<ChargeUpdate>)> {
        let mut charge = self.charge.clone();
        charge.amount_cents = match case {
            PaymentCase::AsAsked => 1_000,
            PaymentCase::AnotherAmount => 1_012,
            PaymentCase::NoTxid => 1_014,
            PaymentCase::UnknownTxid => 1_015,
            PaymentCase::AnotherPayer => 1_016,
            PaymentCase::Held => 1_002,
        };
        let status = rails_sandbox::pay(&charge, &self.moment).expect("the sandbox pays");
        Some((charge, status))
    }

    fn refused_charge(&self) -> Option<Charge> {
        let mut charge = self.charge.clone();
        let document = Document::parse(DocumentKind::Cpf, "76145193026");
        let payer = charge.payer.as_mut().expect("the charge names its payer");
        payer.document = document.expect("the document of refused_at_creation");
        Some(charge)
    }
}

/// The scripted network, with the scenarios of the sandbox. It lists what it executed.
struct ScriptedCases {
    sandbox: SandboxCases,
    network: ScriptedNetwork,
    /// Whether the script loses responses and orders, and not a scenario of the sandbox.
    by_script: bool,
}

impl TestNetwork for ScriptedCases {
    fn payout(&self, case: OrderCase) -> Option<PayoutTerms> {
        self.sandbox.payout(self.scenario(case))
    }

    fn refund(&self, case: OrderCase) -> Option<RefundTerms> {
        self.sandbox.refund(self.scenario(case))
    }

    fn boleto(&self, case: OrderCase) -> Option<u64> {
        self.sandbox.boleto(self.scenario(case))
    }

    fn authorized_card(&self, case: OrderCase) -> Option<String> {
        self.sandbox.authorized_card(self.scenario(case))
    }

    fn dispute(&self, case: OrderCase) -> Option<(u64, DisputeInstruction)> {
        self.sandbox.dispute(self.scenario(case))
    }

    fn key_with_owner(&self) -> PixKey {
        self.sandbox.key_with_owner()
    }

    fn key_without_owner(&self) -> PixKey {
        self.sandbox.key_without_owner()
    }

    fn accepted_charge(&self) -> Option<Charge> {
        self.sandbox.accepted_charge()
    }

    fn payment(&self, case: PaymentCase) -> Option<(Charge, NetworkStatus<ChargeUpdate>)> {
        self.sandbox.payment(case)
    }

    fn refused_charge(&self) -> Option<Charge> {
        self.sandbox.refused_charge()
    }

    fn prepare(&self, case: OrderCase) {
        match case {
            OrderCase::ResponseLost if self.by_script => {
                self.network.script([NetworkBehavior::ResponseLost]);
            }
            OrderCase::OrderLost if self.by_script => {
                self.network.script([NetworkBehavior::OrderLost]);
            }
            _ => {}
        }
    }

    fn deliver_lost(&self) {
        self.network.deliver_lost();
    }

    fn executed_payouts(&self) -> Option<Vec<PayoutOrder>> {
        Some(self.network.orders())
    }

    fn executed_refunds(&self) -> Option<Vec<RefundOrder>> {
        Some(self.network.refunds())
    }

    fn executed_boleto_orders(&self) -> Option<Vec<BoletoRequest>> {
        Some(self.network.boleto_orders())
    }

    fn executed_card_orders(&self) -> Option<Vec<CardRequest>> {
        Some(self.network.card_orders())
    }

    fn executed_dispute_orders(&self) -> Option<Vec<DisputeRequest>> {
        Some(self.network.dispute_orders())
    }
}

impl ScriptedCases {
    fn scenario(&self, case: OrderCase) -> OrderCase {
        match case {
            OrderCase::ResponseLost | OrderCase::OrderLost if self.by_script => OrderCase::Settled,
            other => other,
        }
    }
}

#[tokio::test]
async fn the_sandbox_keeps_the_contract_of_a_rail() {
    check_rail(&SandboxRail, &SandboxCases::new().await, &clock()).await;
}

#[tokio::test]
async fn the_scripted_network_keeps_the_contract_of_a_rail() {
    for by_script in [false, true] {
        let (sandbox, network) = (SandboxCases::new().await, ScriptedNetwork::default());
        let cases = ScriptedCases { sandbox, network: network.clone(), by_script };
        check_rail(&network, &cases, &clock()).await;
    }
}
