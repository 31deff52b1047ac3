//! Inputs that check their form before anything is decided, so that a mistake in a body does not use
//! up a two-factor code.

use std::ops::Deref;

use domain::kernel::Error;
use gate::DestinationScope;
use jiff::Timestamp;
use schemars::{Schema, SchemaGenerator};

use crate::incoming::Incoming;
use crate::input::{self, Input};

/// What the form of an input depends on beside the input.
#[derive(Debug, Clone, Copy)]
pub struct InputContext {
    /// Time of the request.
    pub now: Timestamp,
    /// Destinations to which webhooks of this deployment may go.
    pub destination_scope: DestinationScope,
}

/// An input with rules that need no row of the table.
pub trait InputRules: Input {
    /// Refuses an input whose form is wrong.
    fn check(&self, context: &InputContext) -> Result<(), Error>;
}

/// An input whose form is right. `Call<CheckedInput<I>, T>` reads it before the two-factor code.
pub struct CheckedInput<I>(I);

impl<I> Deref for CheckedInput<I> {
    type Target = I;

    fn deref(&self) -> &I {
        &self.0
    }
}

/// An input that a call can take: plain or checked.
pub trait CallInput: Sized + Send {
    /// Reads the input of a request.
    fn of(incoming: &Incoming, context: &InputContext) -> Result<Self, Error>;

    /// Returns the schema, in place and by name, for the reference.
    fn schemas(generator: &mut SchemaGenerator) -> (Schema, Schema);
}

impl<I: Input> CallInput for I {
    fn of(incoming: &Incoming, _: &InputContext) -> Result<Self, Error> {
        input::read(incoming)
    }

    fn schemas(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }
}

impl<I: InputRules> CallInput for CheckedInput<I> {
    fn of(incoming: &Incoming, context: &InputContext) -> Result<Self, Error> {
        let input: I = input::read(incoming)?;
        input.check(context)?;
        Ok(Self(input))
    }

    fn schemas(generator: &mut SchemaGenerator) -> (Schema, Schema) {
        input::schemas::<I>(generator)
    }
}
