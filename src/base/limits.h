/* SPDX-License-Identifier: EUPL-1.2 */
/* Every cap of the program with its reason. Reaching one is reported, never passed over in silence. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define MIB ((size_t)1 << 20)

#define LIMIT_FILE_BYTES ((uint64_t)512 * MIB)      /* positions are 32 bits; a larger export is not configuration */
#define LIMIT_FILES 1000000                         /* a national review, ten files a facility */
#define LIMIT_DEPTH 200                             /* of nested objects; real exports stay under 40; readers recurse */
#define LIMIT_FACTS_PER_FILE 5000000                /* about 1 GiB of facts */
#define LIMIT_ALIAS_FACTS 100000                    /* facts made by YAML aliases and merges, or copied from variables, in one file: a bomb has billions */
#define LIMIT_RESOLVE_DEPTH 32                      /* variable to local to variable: deeper is a cycle or a puzzle */
#define LIMIT_RESOLVED_BYTES MIB                     /* a value put together from variables: doubling templates would fill the memory */
#define LIMIT_RESOLVED_TOTAL (256 * MIB)             /* of all values made by resolving in a run */
#define LIMIT_DEFAULT_DEPTH 16                      /* ${A:-${B:-...}}: real files have three; each level is a call */
#define LIMIT_UNCLOSED 64                           /* ${ without } in one value: each is looked for to the value's end */
#define LIMIT_TEMPLATE_BYTES 8192                   /* from {{ to }}: two braces that are farther apart have nothing to do with each other */
#define LIMIT_INTERPOLATION_DEPTH 24                /* Bicep: strings in interpolations in strings; each level is a call */
#define LIMIT_CANDIDATES 16                         /* outcomes kept of one value: with more of them nothing can be said; it stays unknown */
#define LIMIT_CALL_ARGUMENTS 32                     /* of a function that is worked out; with more its value stays unknown */
#define LIMIT_HCL_TOKENS 20000000                   /* in one top-level block: four for each fact a file may have; 16 bytes each */
#define LIMIT_EMBEDDED_DEPTH 4                      /* JSON in YAML in JSON: deeper was never met */
#define LIMIT_PATH_BYTES 4096                       /* PATH_MAX; longer names cannot be opened anyway */
#define LIMIT_ARCHIVE_BYTES ((uint64_t)1024 * MIB)   /* unpacked from one delivered file, archives inside it included: all of it is in memory */
#define LIMIT_ARCHIVE_RATIO 200                     /* unpacked to delivered: exports in JSON reach 60, a zip bomb has a thousand and more */
#define LIMIT_ARCHIVE_FREE_BYTES (16 * MIB)         /* the ratio counts from here on: a small file of blanks is no bomb */
#define LIMIT_ARCHIVE_ENTRIES 100000                /* of one delivered file: empty members cost time and no bytes */
#define LIMIT_ARCHIVE_DEPTH 4                       /* archive in archive: an offer holds exports, these a backup; 42.zip has five */
#define LIMIT_SHEET_ROWS 1048576                    /* what spreadsheet programs have; a place beyond is a mistake or an attack */
#define LIMIT_SHEET_COLUMNS 16384                   /* the same */
#define LIMIT_REGEX_MATCH 1000000                   /* PCRE2 match calls a search: about 50 ms without JIT */
#define LIMIT_REGEX_DEPTH 10000
#define LIMIT_REGEX_HEAP_KIB 20480                  /* 20 MiB */
#define LIMIT_MATCHES_TRIED 1000                    /* of one pattern in one value, until its checksum holds: a table of numbers in one string */
#define LIMIT_PIECES 1000                           /* of one value that a rule splits: lists in a string have a dozen */
#define LIMIT_LITERALS 512                          /* that a test compares with: the longest list of a policy has forty */
#define LIMIT_URLS_PER_VALUE 64                     /* a script or a list in one string; real values have one or two */
#define LIMIT_FINDINGS_PER_RULE_FILE 100            /* listed for a rule in a document; all are counted */
#define LIMIT_LINES_PER_RULE_FILE 100               /* of once_per line: as many records are told at their own lines, further ones are counted with the first */
#define LIMIT_WITNESSES 20                          /* places listed for a finding */
#define LIMIT_EXCERPT_BYTES 240                     /* of a line shown in a report */
#define LIMIT_INLINE_WAIVERS 4096                   /* of all documents: each is held against each finding */
#define LIMIT_DIAGS_PER_FILE 100                    /* listed; all are counted */
#define LIMIT_REPORT_BYTES ((size_t)1024 * MIB)
#define LIMIT_ANSWER_BYTES ((size_t)2048 * MIB)           /* from the process that reads: the model, larger than any report of it */
#define LIMIT_WORKERS 64                                  /* processes that one run may lose; each costs what was read up to then */
#define LIMIT_WORKERS_STARVED 3                           /* of these, for want of memory: then it is the sum that is too much, not a file */
#define LIMIT_WORKER_BYTES ((uint64_t)16384 * MIB)        /* address space of the process that reads; --memory-limit */
#define LIMIT_WORKER_SECONDS 86400                        /* of processor time: a day, for a national review */
#define LIMIT_FILE_SECONDS 60                             /* wall time on one document, and as much again for each of these: --time-limit */
#define LIMIT_FILE_SECONDS_BYTES (16 * MIB)
#define LIMIT_CACHE_BYTES ((uint64_t)4096 * MIB)          /* of --cache, a sixteenth in each of its folders; one entry fits into a sixteenth */
#define LIMIT_CACHE_ENTRIES 1600000                       /* the same: files of a folder that a file system still finds quickly */
#define LIMIT_CONTAINER_BYTES ((uint64_t)2048 * MIB)      /* no ZIP64 in containers */
#define LIMIT_CONTAINER_ENTRIES 64
#define LIMIT_CONTAINER_INFLATED ((uint64_t)256 * MIB)    /* compressed entries of others' containers, unpacked: ours are stored; more is a bomb */
#define LIMIT_MANIFEST_BYTES MIB                          /* 64 references are 20 KiB */
#define LIMIT_SIGNATURE_BYTES (256 * MIB)                 /* one .p7s or .tst; large revocation lists are tens of MiB */
#define LIMIT_TRUSTED_LIST_BYTES (16 * MIB)              /* the largest national list was 4.2 MiB in 2019; a tree takes thirty times its text */
#define LIMIT_STATEMENT_BYTES (64 * MIB)                  /* inputs.json of a million files is 150 MiB and has the file limit; this is of 64 subjects */

#endif
