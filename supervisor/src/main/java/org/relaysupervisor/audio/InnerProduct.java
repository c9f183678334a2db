package org.relaysupervisor.audio;

final class InnerProduct {
    private InnerProduct() {}

    /**
     * Four sums, since each addition waits for the one before.
     *
     * @param length of {@code one}, a multiple of 4
     * @param offset in {@code other}
     */
    static float of(float[] one, float[] other, int offset, int length) {
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        for (int i = 0; i < length; i += 4) {
            first += one[i] * other[offset + i];
            second += one[i + 1] * other[offset + i + 1];
            third += one[i + 2] * other[offset + i + 2];
            fourth += one[i + 3] * other[offset + i + 3];
        }
        return first + second + (third + fourth);
    }
}
