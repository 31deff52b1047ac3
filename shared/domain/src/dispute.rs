//! Disputes: demands of a network for the money of a charge, which the account can contest.

mod answer;
mod block_context;
mod context;
mod dispute;
mod evidence;
mod evidence_life;
mod life;
mod order;
mod status;
mod view;

pub use answer::{DisputeAnswer, DisputeAnswerKind, DisputeAnswerView};
pub use block_context::BlockContext;
pub use context::DisputeContext;
pub use dispute::{Dispute, DisputeStep};
pub use evidence::{EVIDENCE_MAX, Evidence, EvidenceKind, EvidenceView, NewEvidence};
pub use order::{DisputeInstruction, DisputeOrder, DisputeOrderStep, DisputeUpdate};
pub use status::{DisputeKind, DisputeStatus};
pub use view::DisputeView;
