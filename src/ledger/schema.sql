-- SPDX-License-Identifier: EUPL-1.2
-- A ledger only grows. The triggers keep an honest program honest; whoever drops them is found by `ledger check`, since the tree's root
-- then differs from the signed checkpoints.
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE leaf(idx INTEGER PRIMARY KEY CHECK(idx >= 0), data BLOB NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32)) STRICT;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY CHECK(size > 0), note BLOB NOT NULL) STRICT;
-- files that lie written beside their places and go there with the entry; a row is gone when its file is in its place
CREATE TABLE outbox(path TEXT PRIMARY KEY, owner INTEGER NOT NULL) STRICT;

-- heads of other ledgers, kept so that a rewritten history shows; key: as given at the first
CREATE TABLE held(origin TEXT NOT NULL, size INTEGER NOT NULL CHECK(size > 0), key TEXT NOT NULL, note BLOB NOT NULL, PRIMARY KEY(origin, size)) STRICT, WITHOUT ROWID;

-- the next number and no other: this also stops INSERT OR REPLACE, whose deletion fires no trigger
CREATE TRIGGER leaf_next BEFORE INSERT ON leaf WHEN new.idx <> (SELECT count(*) FROM leaf)
BEGIN SELECT raise(ABORT, 'a ledger takes the next entry only'); END;
CREATE TRIGGER leaf_kept BEFORE UPDATE ON leaf BEGIN SELECT raise(ABORT, 'a ledger keeps its entries'); END;
CREATE TRIGGER leaf_stays BEFORE DELETE ON leaf BEGIN SELECT raise(ABORT, 'a ledger keeps its entries'); END;
CREATE TRIGGER checkpoint_next BEFORE INSERT ON checkpoint
WHEN new.size <> (SELECT count(*) FROM leaf) OR EXISTS (SELECT 1 FROM checkpoint WHERE size >= new.size)
BEGIN SELECT raise(ABORT, 'a checkpoint is of all entries'); END;
CREATE TRIGGER checkpoint_kept BEFORE UPDATE ON checkpoint BEGIN SELECT raise(ABORT, 'a ledger keeps its checkpoints'); END;
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON checkpoint BEGIN SELECT raise(ABORT, 'a ledger keeps its checkpoints'); END;
CREATE TRIGGER meta_next BEFORE INSERT ON meta WHEN (SELECT count(*) FROM leaf) > 0 BEGIN SELECT raise(ABORT, 'a ledger keeps its name'); END;
CREATE TRIGGER meta_kept BEFORE UPDATE ON meta BEGIN SELECT raise(ABORT, 'a ledger keeps its name'); END;
CREATE TRIGGER meta_stays BEFORE DELETE ON meta BEGIN SELECT raise(ABORT, 'a ledger keeps its name'); END;
CREATE TRIGGER held_next BEFORE INSERT ON held WHEN EXISTS (SELECT 1 FROM held WHERE origin = new.origin AND (size >= new.size OR key <> new.key))
BEGIN SELECT raise(ABORT, 'a head that is kept only grows'); END;
CREATE TRIGGER held_kept BEFORE UPDATE ON held BEGIN SELECT raise(ABORT, 'a head that is kept stays'); END;
CREATE TRIGGER held_stays BEFORE DELETE ON held BEGIN SELECT raise(ABORT, 'a head that is kept stays'); END;
