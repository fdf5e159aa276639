//! What the server costs: processor time, memory and kernel buffers, as /proc tells them.

use std::{fs, ops::Sub};

/// The kernel counts processor time in hundredths of a second, on every machine Linux runs on.
const TICK_MS: u64 = 10;
const PAGE_KB: u64 = 4;

/// The processes that are watched, each with its children.
#[derive(Clone, Debug)]
pub struct Meter {
    pids: Vec<u32>,
}

/// Processor time in milliseconds: theirs, the generator's own, and the whole machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    pub served_ms: u64,
    pub own_ms: u64,
    pub all_ms: u64,
}

/// Memory in kilobytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The processes' proportional share.
    pub pss_kb: u64,
    /// The buffers of every TCP socket of the machine.
    pub tcp_kb: u64,
    /// The kernel's own objects, sockets among them.
    pub slab_kb: u64,
}

impl Meter {
    /// Watches these processes.
    pub fn new(pids: Vec<u32>) -> Meter {
        Meter { pids }
    }

    /// Processor time used so far.
    pub fn cpu(&self) -> Cpu {
        let served_ms = self.family().into_iter().filter_map(stat).map(|stat| stat.cpu_ms).sum();
        let own_ms = stat(std::process::id()).map_or(0, |stat| stat.cpu_ms);
        let all_ms = fs::read_to_string("/proc/stat").ok().and_then(|stat| busy_ms(&stat)).unwrap_or(0);
        Cpu { served_ms, own_ms, all_ms }
    }

    /// Memory used now.
    pub fn memory(&self) -> Memory {
        let pss_kb = self
            .family()
            .into_iter()
            .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok())
            .filter_map(|rollup| line_kb(&rollup, "Pss:"))
            .sum();
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Memory {
            pss_kb,
            tcp_kb: tcp_pages(&read("/proc/net/sockstat")).unwrap_or(0) * PAGE_KB,
            slab_kb: line_kb(&read("/proc/meminfo"), "Slab:").unwrap_or(0),
        }
    }

    /// The processes and their children.
    pub fn family(&self) -> Vec<u32> {
        let others = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = others.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let is_child = |pid: &u32| stat(*pid).is_some_and(|stat| self.pids.contains(&stat.parent));
        let children = numbers.filter(is_child).filter(|pid| !self.pids.contains(pid));
        self.pids.iter().copied().chain(children.collect::<Vec<_>>()).collect()
    }
}

impl Memory {
    /// The larger of two, in each kind.
    pub fn max(self, other: Memory) -> Memory {
        Memory {
            pss_kb: self.pss_kb.max(other.pss_kb),
            tcp_kb: self.tcp_kb.max(other.tcp_kb),
            slab_kb: self.slab_kb.max(other.slab_kb),
        }
    }
}

impl Cpu {
    /// What neither the server nor the generator used.
    pub fn others_ms(self) -> u64 {
        self.all_ms.saturating_sub(self.served_ms + self.own_ms)
    }
}

impl Sub for Cpu {
    type Output = Cpu;

    fn sub(self, earlier: Cpu) -> Cpu {
        Cpu {
            served_ms: self.served_ms.saturating_sub(earlier.served_ms),
            own_ms: self.own_ms.saturating_sub(earlier.own_ms),
            all_ms: self.all_ms.saturating_sub(earlier.all_ms),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    cpu_ms: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// A process's line, children it has waited for included. Its name may hold spaces and brackets.
fn parse_stat(line: &str) -> Option<Stat> {
    let (_, fields) = line.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields.get(11..15)?.iter().filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, cpu_ms: ticks * TICK_MS })
}

/// What every core of the machine has worked; idle and waiting for disks are the fourth and fifth figure.
fn busy_ms(stat: &str) -> Option<u64> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks = line.split_whitespace().map(|ticks| ticks.parse::<u64>().unwrap_or(0)).take(8).enumerate();
    Some(ticks.filter(|(at, _)| !matches!(at, 3 | 4)).map(|(_, ticks)| ticks).sum::<u64>() * TICK_MS)
}

fn line_kb(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

fn tcp_pages(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP:"))?;
    let mut words = line.split_whitespace().skip_while(|word| *word != "mem");
    words.nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let line = "42 (a (b) c) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 3 2 20 0 9 0 1 2 3";
        assert_eq!(parse_stat(line), Some(Stat { parent: 7, cpu_ms: 2_050 }));
        assert_eq!(parse_stat("42 (short) S 7"), None);
    }

    #[test]
    fn an_idle_machine_is_not_busy() {
        assert_eq!(busy_ms("cpu  1 2 3 4000 5000 6 7 8 9 10\ncpu0 1 1 1 1\n"), Some(270));
    }

    #[test]
    fn memory_is_read_from_its_line() {
        assert_eq!(line_kb("Rss:  9 kB\nPss:     1234 kB\nPss_Dirty: 3 kB\n", "Pss:"), Some(1_234));
        assert_eq!(
            tcp_pages("sockets: used 15\nTCP: inuse 1 orphan 0 tw 0 alloc 1 mem 337\nUDP: inuse 0 mem 5\n"),
            Some(337)
        );
    }

    #[test]
    fn this_process_has_used_some_of_both() {
        let meter = Meter::new(vec![std::process::id()]);
        assert!(meter.memory().pss_kb > 0);
        assert!(stat(std::process::id()).is_some());
    }
}
