package org.relaysupervisor.store;

class MemoryObjectStoreTest extends OneStepObjectStoreContract {
    @Override
    ObjectStore store() {
        return new MemoryObjectStore();
    }
}
