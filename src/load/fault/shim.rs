//! The shim: a library put before the server's own calls of the kernel, and the page it is steered by.

use crate::Fallible;
use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
};

const SOURCE: &str = include_str!("shim.c");
const PAGE_BYTES: u64 = 4_096;
/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// The places of the page, as the shim's source has them.
const CLOCK_AT: u64 = 0;
const WRITE_AT: u64 = 8;
const SYNC_AT: u64 = 12;
const SHADOWS_AT: u64 = 16;

/// A shim that is built and steered in one folder.
#[derive(Debug)]
pub struct Shim {
    library: PathBuf,
    page: PathBuf,
    control: File,
}

impl Shim {
    /// Compiles it.
    pub fn build(folder: &Path) -> Fallible<Shim> {
        let (source, library, page) =
            (folder.join("shim.c"), folder.join("shim.so"), folder.join("shim.page"));
        fs::write(&source, SOURCE)?;
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-w", "-o"])
            .args([&library, &source])
            .status()
            .map_err(|error| format!("cc, which builds the shim, cannot be started: {error}"))?;
        if !built.success() {
            return Err("the shim could not be compiled".into());
        }
        let control = File::options().create(true).truncate(true).read(true).write(true).open(&page)?;
        control.set_len(PAGE_BYTES)?;
        Ok(Shim { library, page, control })
    }

    /// What a server's environment must hold to be under it.
    pub fn env(&self) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        vec![("LD_PRELOAD".into(), path(&self.library)), ("CONFER_SHIM".into(), path(&self.page))]
    }

    /// Moves the server's clock.
    pub fn move_clock(&self, seconds: i64) -> Fallible<()> {
        Ok(self.control.write_all_at(&seconds.to_ne_bytes(), CLOCK_AT)?)
    }

    /// Fails every write to the database with this error; 0 for none.
    pub fn fail_writes(&self, errno: i32) -> Fallible<()> {
        Ok(self.control.write_all_at(&errno.to_ne_bytes(), WRITE_AT)?)
    }

    /// Fails every sync of the database with this error; 0 for none.
    pub fn fail_syncs(&self, errno: i32) -> Fallible<()> {
        Ok(self.control.write_all_at(&errno.to_ne_bytes(), SYNC_AT)?)
    }

    /// Keeps from now on what a power cut would leave; the database must be closed.
    pub fn keep_shadows(&self, database: &Path) -> Fallible<()> {
        for file in files(database) {
            if file.exists() {
                fs::copy(&file, durable(&file))?;
            }
        }
        Ok(self.control.write_all_at(&1_i32.to_ne_bytes(), SHADOWS_AT)?)
    }
}

/// Leaves of a database what a power cut leaves: what was synced, and, of what was not, any sectors or none.
pub fn cut_power(database: &Path, torn: bool) -> Fallible<()> {
    for file in files(database) {
        let durable = durable(&file);
        if !durable.exists() {
            let _ = fs::remove_file(&file);
            continue;
        }
        let kept = fs::read(&durable)?;
        let left = if torn { tear(&kept, &fs::read(&file).unwrap_or_default()) } else { kept };
        fs::write(&file, &left)?;
        fs::write(&durable, &left)?;
    }
    let mut shared = database.as_os_str().to_owned();
    shared.push("-shm");
    let _ = fs::remove_file(shared);
    Ok(())
}

/// Each sector as it was synced or as it was last written, at random.
fn tear(kept: &[u8], written: &[u8]) -> Vec<u8> {
    let length = if rand::random() { kept.len() } else { kept.len().max(written.len()) };
    let mut left = kept.to_vec();
    left.resize(length, 0);
    for start in (0..length.min(written.len())).step_by(SECTOR_BYTES) {
        if rand::random() {
            let end = (start + SECTOR_BYTES).min(length).min(written.len());
            left[start..end].copy_from_slice(&written[start..end]);
        }
    }
    left
}

fn files(database: &Path) -> [PathBuf; 2] {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    [database.to_owned(), log.into()]
}

fn durable(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".durable");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_file_has_nothing_but_old_and_new_sectors() {
        let (old, new) = (vec![1; 4 * SECTOR_BYTES], vec![2; 6 * SECTOR_BYTES]);
        for _ in 0..20 {
            let torn = tear(&old, &new);
            assert!(torn.len() == old.len() || torn.len() == new.len());
            for sector in torn.chunks(SECTOR_BYTES) {
                assert!(sector.iter().all(|byte| *byte == sector[0]));
            }
            assert!(torn[..old.len()].iter().all(|byte| *byte != 0));
        }
    }
}
