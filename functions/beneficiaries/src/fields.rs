//! The fields of saved beneficiaries in requests, and their rules.

use std::collections::{BTreeMap, HashSet};

use domain::beneficiary::DESTINATIONS_MAX;
use domain::kernel::{Flaw, Violation};
use domain::payout::PayoutDestination;
use edge::{DestinationInput, fields};

/// Characters of the longest name.
const NAME_LENGTH_MAX: usize = 200;

/// Returns what is wrong with name, reference and notes.
pub(crate) fn text_flaws(
    name: Option<&str>,
    reference: Option<&str>,
    metadata: Option<&BTreeMap<String, String>>,
) -> Vec<Violation> {
    let rules =
        [fields::text("name", name, NAME_LENGTH_MAX), fields::reference("reference", reference)];
    rules.into_iter().flatten().chain(fields::metadata("metadata", metadata)).collect()
}

/// Reads the destinations of a new beneficiary.
///
/// # Errors
/// What is wrong with them: each wrong one, the same one twice, none or too many.
pub(crate) fn destinations(
    inputs: &[DestinationInput],
) -> Result<Vec<PayoutDestination>, Vec<Violation>> {
    let count = inputs.len();
    if !(1..=DESTINATIONS_MAX).contains(&count) {
        let detail =
            format!("a beneficiary must have 1 to {DESTINATIONS_MAX} destinations, not {count}");
        return Err(vec![Violation::new("destinations", Flaw::WrongLength, detail)]);
    }
    let (mut seen, mut read, mut flaws) = (HashSet::new(), Vec::new(), Vec::new());
    for (index, input) in inputs.iter().enumerate() {
        let field = format!("destinations[{index}]");
        match input.read(&field) {
            Ok(to) if seen.insert(to.canonical_text()) => read.push(to),
            Ok(_) => {
                let detail = "the destination is in the list twice; send it once";
                flaws.push(Violation::new(field, Flaw::UnknownValue, detail));
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    if flaws.is_empty() { Ok(read) } else { Err(flaws) }
}
