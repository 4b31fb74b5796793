-- Who made an invite or sent it anew: it is worth what they may give when it is used. Empty for one from
-- before this column, which stands for itself until it runs out.
ALTER TABLE team_invites ADD COLUMN inviter_id TEXT NOT NULL DEFAULT '';
