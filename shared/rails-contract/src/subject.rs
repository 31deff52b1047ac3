//! The rail under test, with the orders of one kind.

use std::cell::Cell;

use brazil::{EndToEndId, EndToEndIdKind};
use domain::charge::{BoletoInstruction, CardInstruction};
use domain::payout::{PayoutDestination, PayoutMethod};
use jiff::Timestamp;
use rails::{
    BoletoRail, BoletoRequest, CardRail, CardRequest, DisputeRequest, PayoutOrder, PayoutRail,
    Rail, RefundOrder,
};

use crate::order::ContractOrder;
use crate::test_network::{OrderCase, TestClock, TestNetwork};

/// Makes the order of a case. The number makes its id unique.
type MakeOrder<'a, O> = Box<dyn Fn(OrderCase, u64, Timestamp) -> Option<O> + 'a>;

/// Lists the orders that the network executed.
type ExecutedOrders<'a, O> = Box<dyn Fn() -> Option<Vec<O>> + 'a>;

/// The rail under test, with the orders of one kind.
pub(crate) struct Subject<'a, O: ContractOrder> {
    pub(crate) rail: &'a dyn Rail<O>,
    pub(crate) network: &'a dyn TestNetwork,
    pub(crate) clock: &'a dyn TestClock,
    /// Number of orders made so far, less than 100.
    orders: Cell<u64>,
    make_order: MakeOrder<'a, O>,
    executed: ExecutedOrders<'a, O>,
}

impl<O: ContractOrder> Subject<'_, O> {
    /// Returns a new order of a case. Returns `None` if the environment cannot produce the case.
    pub(crate) fn order(&self, case: OrderCase) -> Option<O> {
        let (now, number) = (self.clock.now(), self.orders.get());
        self.orders.set(number + 1);
        // Different in each run: nine digits of the clock's microseconds and two of the number.
        let micros = now.as_microsecond().unsigned_abs() % 1_000_000_000;
        (self.make_order)(case, micros * 100 + number, now)
    }

    /// Returns how often the network executed the order, all of them unchanged. Returns `None` if the
    /// environment does not list its orders.
    pub(crate) fn executions(&self, order: &O) -> Option<usize> {
        let executed = (self.executed)()?;
        let (identity, mut count) = (order.identity(), 0);
        for same in executed.iter().map(O::identity) {
            if same.order_id == identity.order_id {
                assert_eq!(same, identity, "the network executes the order as it was submitted");
                count += 1;
            }
        }
        Some(count)
    }
}

impl<'a> Subject<'a, PayoutOrder> {
    /// Returns the payouts of a rail.
    pub(crate) fn payouts(
        rail: &'a dyn PayoutRail,
        network: &'a dyn TestNetwork,
        clock: &'a dyn TestClock,
    ) -> Self {
        let ispb = rail.participant();
        let make_order = move |case, number: u64, now| {
            let terms = network.payout(case)?;
            let suffix = format!("{number:011}");
            let end_to_end_id = EndToEndId::mint(EndToEndIdKind::Payment, ispb, now, &suffix);
            let end_to_end_id = end_to_end_id.expect("eleven digits make an end-to-end id");
            Some(PayoutOrder {
                order_id: end_to_end_id.to_string(),
                end_to_end_id: Some(end_to_end_id),
                method: PayoutMethod::Pix,
                amount_cents: terms.amount_cents,
                to: PayoutDestination::PixKey(terms.pix_key),
                beneficiary: None,
                queued_at: now,
                attempt: 1,
            })
        };
        let executed = Box::new(|| network.executed_payouts());
        let orders = Cell::new(0);
        Self { rail, network, clock, orders, make_order: Box::new(make_order), executed }
    }
}

impl<'a> Subject<'a, RefundOrder> {
    /// Returns the refunds of a rail.
    pub(crate) fn refunds(
        rail: &'a dyn Rail<RefundOrder>,
        network: &'a dyn TestNetwork,
        clock: &'a dyn TestClock,
    ) -> Self {
        let make_order = move |case, number: u64, now| {
            let terms = network.refund(case)?;
            Some(RefundOrder {
                order_id: format!("contract{number:011}"),
                end_to_end_id: Some(terms.end_to_end_id),
                card_payment_id: None,
                amount_cents: terms.amount_cents,
                reason: None,
                queued_at: now,
                attempt: 1,
            })
        };
        let executed = Box::new(|| network.executed_refunds());
        let orders = Cell::new(0);
        Self { rail, network, clock, orders, make_order: Box::new(make_order), executed }
    }
}

impl<'a> Subject<'a, CardRequest> {
    /// Returns the orders that capture authorised amounts.
    pub(crate) fn captures(
        rail: &'a dyn CardRail,
        network: &'a dyn TestNetwork,
        clock: &'a dyn TestClock,
    ) -> Self {
        let make_order = move |case, number: u64, now| {
            let payment_id = network.authorized_card(case)?;
            Some(CardRequest {
                order_id: format!("contract{number:020}"),
                amount_cents: 10_000,
                instruction: CardInstruction::Capture { payment_id, installments: 3 },
                queued_at: now,
                attempt: 1,
            })
        };
        let executed = Box::new(|| network.executed_card_orders());
        let orders = Cell::new(0);
        Self { rail, network, clock, orders, make_order: Box::new(make_order), executed }
    }
}

impl<'a> Subject<'a, DisputeRequest> {
    /// Returns the answers to demands.
    pub(crate) fn disputes(
        rail: &'a dyn Rail<DisputeRequest>,
        network: &'a dyn TestNetwork,
        clock: &'a dyn TestClock,
    ) -> Self {
        let make_order = move |case, number: u64, now| {
            let (amount_cents, instruction) = network.dispute(case)?;
            Some(DisputeRequest {
                order_id: format!("contract{number:020}"),
                network_id: format!("demand{number}"),
                amount_cents,
                instruction,
                queued_at: now,
                attempt: 1,
            })
        };
        let executed = Box::new(|| network.executed_dispute_orders());
        let orders = Cell::new(0);
        Self { rail, network, clock, orders, make_order: Box::new(make_order), executed }
    }
}

impl<'a> Subject<'a, BoletoRequest> {
    /// Returns the orders that write boletos off.
    pub(crate) fn boletos(
        rail: &'a dyn BoletoRail,
        network: &'a dyn TestNetwork,
        clock: &'a dyn TestClock,
    ) -> Self {
        let make_order = move |case, number: u64, now| {
            Some(BoletoRequest {
                order_id: format!("contract{number:020}"),
                our_number: number,
                amount_cents: network.boleto(case)?,
                instruction: BoletoInstruction::WriteOff,
                queued_at: now,
                attempt: 1,
            })
        };
        let executed = Box::new(|| network.executed_boleto_orders());
        let orders = Cell::new(0);
        Self { rail, network, clock, orders, make_order: Box::new(make_order), executed }
    }
}
