//! The operations of the bundle, in process: real functions, real expressions, an embedded table.

mod charges;
