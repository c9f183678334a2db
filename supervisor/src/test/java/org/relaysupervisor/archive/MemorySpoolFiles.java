package org.relaysupervisor.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A file system in memory, with faults, crashes and power failures. Names reach the disk in the order in which they were changed, as in a
 * journal, and all that were before a sync with it; bytes of a file that was not synced may be cut off or nothing.
 */
final class MemorySpoolFiles implements SpoolFiles {
    private static final class Inode {
        final boolean directory;
        byte[] bytes = new byte[0];
        boolean synced;

        Inode(boolean directory) {
            this.directory = directory;
            this.synced = directory;
        }
    }

    private final Faults faults;
    private TreeMap<Path, Inode> names = new TreeMap<>();
    private final TreeMap<Path, Inode> durable = new TreeMap<>();
    private final List<Consumer<Map<Path, Inode>>> journal = new ArrayList<>();

    /** Is told what is deleted, before it is. */
    BiConsumer<Path, byte[]> onDelete = (file, bytes) -> {};

    MemorySpoolFiles(Faults faults) {
        this.faults = faults;
        makeDirectory(Path.of("/spool"));
    }

    /** Durably, with no fault: as the recorder does it. */
    void plant(Path file, byte[] bytes) {
        makeDirectory(file.getParent());
        Inode inode = new Inode(false);
        inode.bytes = bytes;
        inode.synced = true;
        names.put(file, inode);
        durable.put(file, inode);
    }

    private void makeDirectory(Path path) {
        if (path != null && !names.containsKey(path)) {
            makeDirectory(path.getParent());
            Inode inode = new Inode(true);
            names.put(path, inode);
            durable.put(path, inode);
        }
    }

    void failPower() {
        int survive = faults.pick(journal.size() + 1);
        journal.subList(0, survive).forEach(change -> change.accept(durable));
        journal.clear();
        names = new TreeMap<>(durable);
        for (Inode inode : names.values()) {
            if (!inode.synced) {
                inode.bytes = Arrays.copyOf(inode.bytes, faults.pick(inode.bytes.length + 1));
                inode.synced = true;
            }
        }
    }

    List<Path> all() {
        return names.keySet().stream()
                .filter(path -> !names.get(path).directory)
                .toList();
    }

    byte[] content(Path file) {
        return names.get(file).bytes;
    }

    private interface Effect {
        void run() throws IOException;
    }

    private void step(String what, Path file, Effect effect) throws IOException {
        faults.point("before " + what + " " + file);
        if (faults.fails()) {
            throw new IOException("no space left on device: " + what + " " + file);
        }
        effect.run();
        faults.point("after " + what + " " + file);
    }

    private void change(Consumer<Map<Path, Inode>> change) {
        change.accept(names);
        journal.add(change);
    }

    private Inode inode(Path file) throws NoSuchFileException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    @Override
    public List<Path> list(Path directory) {
        // What is in it stands together behind this name; a sibling such as "directory-1" stands before.
        return names.tailMap(directory.resolve("!"), false).keySet().stream()
                .takeWhile(path -> path.startsWith(directory))
                .filter(path -> directory.equals(path.getParent()))
                .toList();
    }

    @Override
    public boolean exists(Path file) {
        return names.containsKey(file);
    }

    @Override
    public boolean isDirectory(Path file) {
        return exists(file) && names.get(file).directory;
    }

    @Override
    public long size(Path file) throws IOException {
        return inode(file).bytes.length;
    }

    @Override
    public InputStream read(Path file) throws IOException {
        return new ByteArrayInputStream(inode(file).bytes);
    }

    @Override
    public OutputStream create(Path file) throws IOException {
        inode(file.getParent());
        step("create", file, () -> {
            Inode inode = new Inode(false);
            change(tree -> tree.put(file, inode));
        });
        Inode inode = inode(file);
        return new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                byte[] all = toByteArray();
                inode.bytes = Arrays.copyOf(all, faults.pick(all.length + 1));
                step("write", file, () -> inode.bytes = all);
            }
        };
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (exists(directory)) {
            return;
        }
        createDirectories(directory.getParent());
        step("mkdir", directory, () -> change(tree -> tree.put(directory, new Inode(true))));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Inode inode = inode(from);
        step("rename", to, () -> {
            if (SpoolNames.isAudio(to.getFileName().toString()) && exists(to)) {
                throw new AssertionError("audio is overwritten: " + to);
            }
            change(tree -> {
                tree.remove(from);
                tree.put(to, inode);
            });
        });
    }

    @Override
    public void delete(Path file) throws IOException {
        if (!exists(file)) {
            return;
        }
        if (isDirectory(file) && !list(file).isEmpty()) {
            throw new IOException("not empty: " + file);
        }
        step("delete", file, () -> {
            onDelete.accept(file, inode(file).bytes);
            change(tree -> tree.remove(file));
        });
    }

    @Override
    public void sync(Path fileOrDirectory) throws IOException {
        Inode inode = inode(fileOrDirectory);
        step("sync", fileOrDirectory, () -> {
            inode.synced = true;
            journal.forEach(change -> change.accept(durable));
            journal.clear();
        });
    }
}
