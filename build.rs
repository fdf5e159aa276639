//! The schema is part of the program: a changed migration makes a new one.

// This is how a build script speaks.
#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
