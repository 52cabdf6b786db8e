ALTER TABLE segment ADD COLUMN archived INTEGER; -- when it was put away
